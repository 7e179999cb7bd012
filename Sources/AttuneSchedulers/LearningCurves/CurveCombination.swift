import AttuneCore
import AttuneMath

/// The predictor of HyperDrive's POP: a weighted combination of eleven parametric curves, sampled from its posterior by an ensemble of walkers.
///
/// When to use it: to reproduce what was published with it. Its predictions stand for the reference program's, with its faults: the prior is
/// improper, and a chain of 700 steps has not converged, so that different seeds give different probabilities.
/// When not to use it: to schedule well. It is slow beside the other predictors, and wrong on flat curves, where it expects too much.
/// Source: Domhan, Springenberg, Hutter (IJCAI 2015); 700 instead of 2500 steps, and 100 walkers, as in Rasley et al., "HyperDrive:
/// exploring hyperparameters with POP scheduling" (Middleware 2017).
public struct CurveCombination: CurvePredictor {
  private let walkers: Int
  private let steps: Int
  private let burnIn: Int
  private let isRefined: Bool
  private let seed: Int

  /// Points of a curve beyond which it is thinned.
  static let pointLimit = 100
  /// Draws that an answer is made of, at most.
  static let sampleLimit = 10_000
  /// Steps that are evaluated, at most; those between are interpolated.
  static let evaluationLimit = 128

  /// - Parameters:
  ///   - walkers: an even number; more are taken where there are fewer than two for each dimension.
  ///   - steps: of every walker.
  ///   - burnIn: steps at the beginning that do not count, fewer than `steps`.
  ///   - isRefined: begins at the best fits that can be found, and not at those that the authors' program finds.
  ///   - seed: of all random numbers. The default is one whose chains end where most do; now and then one goes elsewhere.
  public init(walkers: Int = 100, steps: Int = 700, burnIn: Int = 500, isRefined: Bool = false, seed: Int = 3) {
    precondition(walkers >= 2 && walkers.isMultiple(of: 2), "walkers are an even number; got \(walkers)")
    precondition((0..<max(0, steps)).contains(burnIn), "some steps have to count; got \(steps) steps and a burn-in of \(burnIn)")
    self.walkers = walkers
    self.steps = steps
    self.burnIn = burnIn
    self.isRefined = isRefined
    self.seed = seed
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    let walkers = try options.int("walkers", default: 100, in: 2...10_000)
    let steps = try options.int("steps", default: 700, in: 1...100_000)
    let burnIn = try options.int("burn_in", default: min(500, steps / 2), in: 0...steps - 1)
    let isRefined = try options.flag("refine", default: false)
    let seed = try options.int("seed", default: 3, in: 0...Int(UInt32.max))
    self.init(walkers: walkers + walkers % 2, steps: steps, burnIn: burnIn, isRefined: isRefined, seed: seed)
  }

  /// - Returns: `nil` with fewer than two finite points, where no model is left (as for most curves that fall), and for diverged curves.
  /// - Complexity: O(walkers · steps · points), and draws · steps asked, up to the limits; see Docs/results/curves.md.
  public func predict(_ request: CurveRequest) -> CurvePrediction? {
    guard let last = request.steps.last else { return CurvePrediction(mean: [], deviation: []) }
    guard var points = CurvePoints(request.curve), points.values.count >= 2 else { return nil }
    if points.isConstant { return points.flatPrediction(request) }
    points.thin(to: Self.pointLimit)
    let unit = CurveUnit(points.values)
    let end = points.position(of: last)
    let values = points.values.map(unit.scaled)
    guard let curve = CombinedCurve(points.positions, values, last: end, isRefined: isRefined) else { return nil }
    guard let samples = samples(of: curve) else { return nil }
    let asked = request.steps.map(points.position(of:))
    let knots = Knots(asked, limit: Self.evaluationLimit)
    let answer = curve.predict(samples, at: knots.positions, target: request.target.map(unit.scaled))
    guard let answer else { return nil }
    return CurvePrediction(
      mean: knots.spread(answer.mean).map(unit.original), deviation: knots.spread(answer.deviation).map { $0 * unit.size },
      probability: knots.spread(answer.probability))
  }

  /// Draws from the posterior; `nil` when no walker has found a place where it is not 0.
  private func samples(of curve: CombinedCurve) -> SampleTable? {
    var random = RandomStream(seed: UInt64(seed), purpose: "curve combination", index: 0)
    let count = max(walkers, 2 * curve.dimensions)
    var start = SampleTable(columns: count, point: curve.start)
    for row in 0..<curve.dimensions {
      for column in 0..<count { start.elements[row * start.stride + column] += 1e-6 * random.nextNormal() }
    }
    var sampler = StretchSampler(start: start, random: random, density: curve.logPosteriors)
    let interval = max(1, ((steps - burnIn) * count + Self.sampleLimit - 1) / Self.sampleLimit)
    var kept = SampleTable(columns: (steps - burnIn + interval - 1) / interval * count, dimensions: curve.dimensions)
    var next = 0
    for step in 0..<steps {
      sampler.step(density: curve.logPosteriors)
      guard step >= burnIn, (step - burnIn).isMultiple(of: interval) else { continue }
      for column in 0..<count where sampler.logDensities[column] > -.infinity {
        kept.copy(column, of: sampler.walkers, to: next)
        next += 1
      }
    }
    return next > 0 ? kept.prefix(next) : nil
  }
}
