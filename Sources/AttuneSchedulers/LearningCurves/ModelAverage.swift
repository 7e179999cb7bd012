import AttuneCore
import CAttuneKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Averages over models of learning curves, each weighted by how well it explains what is seen (Bayesian model averaging).
///
/// A model says that a curve is level + rise · shape + noise. Shapes are the other trials' curves, smoothed, and about eighty growth shapes, the
/// parametric models of Domhan et al. (2015) on a grid; level and rise are integrated out. Noise is white plus a walk in the logarithm of the
/// step, on a grid. Which of these hypotheses deserve trust is learned from finished curves (empirical Bayes). Nothing is random, and nothing
/// assumes values between 0 and 1.
/// When not to use it: when the trials run so far say nothing about this one; `last` and `power` then cost less.
/// Sources: Domhan, Springenberg, Hutter, "Speeding up automatic hyperparameter optimization of deep neural networks by extrapolation of learning
/// curves" (IJCAI 2015); Hoeting et al., "Bayesian model averaging: a tutorial" (Statistical Science 14, 1999); stacking of predictive
/// distributions as in Yao et al. (Bayesian Analysis 13, 2018).
public struct ModelAverage: CurvePredictor {
  private var companions = CurveCompanions()
  private var shapes: [Double: GrowthShapes] = [:]

  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// - Returns: `nil` when the curve is empty or its last value is not finite, and for a single point where other curves do not help.
  /// - Complexity: O(seen² + components · (seen + steps)); more when another curve has finished. See Docs/results/curves.md.
  public mutating func predict(_ request: CurveRequest) -> CurvePrediction? {
    guard let points = FinitePoints(request.curve) else { return nil }
    guard let first = request.steps.first, let last = request.steps.last else { return CurvePrediction(mean: [], deviation: []) }
    companions.update(request.others, first: first)
    let seen = points.prefix(.max)
    let steps = seen.map { points.steps[$0] } + request.steps.map(Double.init)
    let end = max(Double(last), companions.end)
    let places = CurveModels.Places(
      steps: steps, positions: steps.map(points.position), seen: seen.count, end: (end, points.position(of: end)))
    let values = seen.map { points.values[$0] }
    var shapes = shapes(to: GrowthShapes.rounded(places.end.position))
    defer { keep(shapes) }
    var trust = TrustLearning.prior(templates: companions.templates.count)
    let models: CurveModels
    if let found = CurveModels(templates: companions.templates, places: places, shapes: &shapes), found.fits(values) {
      models = found
      trust = companions.trust(seen: points.steps.count, shapes: &shapes) ?? trust
    } else {
      guard values.count > 1 else { return nil }
      if points.points.isConstant { return points.points.flatPrediction(request) }
      models = CurveModels(alone: values, places: places, shapes: &shapes)
    }
    guard let basis = models.basis() else { return nil }
    let fit = CurveFit(basis, values.map(models.scaled))
    let members = fit.members(weights: fit.weights(trust: trust), least: 1e-4)
    return Forecast(members, basis, target: request.target.map(models.scaled))
      .prediction(shift: models.shift, scale: models.scale, least: points.points.leastDeviation, steps: request.steps.count)
  }

  private func shapes(to end: Double) -> GrowthShapes { shapes[end] ?? GrowthShapes(end: end) }

  private mutating func keep(_ used: GrowthShapes) {
    if shapes[used.end] == nil, shapes.count >= 8 { shapes.removeAll() }
    shapes[used.end] = used
  }
}
