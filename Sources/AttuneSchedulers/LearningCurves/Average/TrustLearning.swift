import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Learns from finished curves which hypotheses predict: each is predicted from its first values by the others, and the hypotheses are weighted
/// so that what came afterwards is likely (empirical Bayes).
struct TrustLearning: Sendable {
  /// Curves it learns from; more do not pay.
  static let limit = 96
  /// Curves below which it learns nothing.
  static let least = 6
  /// As many curves as these stand behind the trust that was before.
  private static let priorCurves = 5.0

  /// What one curve says of each hypothesis: its density for the values seen, and for each later value its density for both, to a factor each.
  private struct Witness {
    var seen: [Double]
    var later: [[Double]]
  }

  /// The trust before anything is learned.
  /// - Parameter templates: how many there are.
  static func prior(templates: Int) -> [Double] {
    CurveModels.trust(templates: templates).flatMap {
      [Double](repeating: $0 / Double(CurveFit.hypotheses), count: CurveFit.hypotheses)
    }
  }

  /// The trust in hypotheses for curves of which so many values are seen.
  /// - Parameters:
  ///   - curves: finished ones.
  ///   - shapes: for the position at which the longest of them ends.
  ///   - seen: at least 1.
  static func trust(from curves: [LearningCurve], seen: Int, shapes: inout GrowthShapes) -> [Double] {
    let prior = prior(templates: curves.count)
    let templates = curves.compactMap(CurveTemplate.init)
    guard templates.count == curves.count else { return prior }
    var witnesses: [Witness] = []
    var last: (steps: [Double], models: CurveModels, basis: CurveBasis)?
    for (index, curve) in curves.enumerated() {
      guard let points = FinitePoints(curve), points.steps.count > seen + 1 else { continue }
      let count = points.steps.count
      let start = points.prefix(seen)
      let later = [seen, seen + (count - seen) / 2, count - 1].reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
      let steps = (start + later).map { points.steps[$0] }
      if last?.steps != steps {
        let positions = steps.map(points.position)
        let places = CurveModels.Places(
          steps: steps, positions: positions, seen: start.count, end: (steps[steps.count - 1], positions[steps.count - 1]))
        guard let models = CurveModels(templates: templates, places: places, shapes: &shapes), let basis = models.basis() else { continue }
        last = (steps, models, basis)
      }
      guard let (_, models, basis) = last else { continue }
      let own = basis.families.prefix(CurveModels.templateFamilies).map { $0.lowerBound + index }
      let fit = CurveFit(basis, start.map { models.scaled(points.values[$0]) }, excluding: own)
      if let witness = Self.witness(fit, later.map { models.scaled(points.values[$0]) }) { witnesses.append(witness) }
    }
    return Self.trust(witnesses, prior: prior)
  }

  private static func witness(_ fit: CurveFit, _ later: [Double]) -> Witness? {
    let logs = fit.logDensities
    let largest = logs.max() ?? -.infinity
    guard largest > -.infinity else { return nil }
    let seen = logs.map { exp($0 - largest) }
    let both = later.indices.map { point in
      let joint = zip(seen, fit.densities(of: later[point], at: point)).map { $0 * $1 }
      let top = joint.max() ?? 0
      return top > 0 ? joint.map { $0 / top } : []
    }
    let kept = both.filter { !$0.isEmpty }
    return kept.isEmpty ? nil : Witness(seen: seen, later: kept)
  }

  /// Climbs to where the later values, given those seen, are as likely as they can be: at the summit a hypothesis has the same share of the
  /// explanation with the later values as without.
  private static func trust(_ witnesses: [Witness], prior: [Double]) -> [Double] {
    guard witnesses.count >= least else { return prior }
    var trust = prior
    let count = Double(witnesses.count)
    for _ in 0..<30 {
      var gain = [Double](repeating: 0, count: trust.count)
      var loss = [Double](repeating: 1e-12, count: trust.count)
      for witness in witnesses {
        add(witness.seen, trust, 1, &loss)
        for later in witness.later { add(later, trust, 1 / Double(witness.later.count), &gain) }
      }
      for index in trust.indices { trust[index] *= gain[index] / loss[index] }
      let sum = trust.reduce(0, +)
      for index in trust.indices { trust[index] = (trust[index] / sum * count + prior[index] * priorCurves) / (count + priorCurves) }
    }
    return trust
  }

  /// Adds each hypothesis' share of a density.
  private static func add(_ density: [Double], _ trust: [Double], _ weight: Double, _ sums: inout [Double]) {
    var whole = 0.0
    for index in trust.indices { whole += trust[index] * density[index] }
    guard whole > 0 else { return }
    for index in trust.indices { sums[index] += weight * trust[index] * density[index] / whole }
  }
}
