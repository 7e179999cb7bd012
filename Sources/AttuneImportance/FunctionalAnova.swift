import AttuneCore

/// What part of the differences in the metric each parameter makes over the whole space, and two of them together.
///
/// The shares are exact for a model of the trials: boosted trees (`BoostedForest`), whose variance over the space, uniform on each
/// parameter's scale, is taken apart without drawing points. It knows what one parameter does and what two do together; what it does not
/// know, the shares do not: `explained` says how much
/// of the variance of trials that it had not seen it predicts. Parameters that do not exist everywhere have their absence as one more
/// value. Only evidence counts (`Observation.isEvidence`), failed trials as the worst value seen, and values far from all others as ones
/// at the border of the others. Twins say nothing.
/// When not to use it: to ask what makes the *best* trials good; see `QuantileImportance`.
/// Source: Hutter, Hoos, Leyton-Brown, "An efficient approach for assessing hyperparameter importance" (ICML 2014).
/// - Complexity: O(trials × parameters × trees); 1,000 trials of 10 parameters take less than 0.1 s.
public struct FunctionalAnova: Sendable {
  private let evidence: ImportanceEvidence
  private let forest: BoostedForest
  private let parts: [Decomposition]

  /// Fits the model.
  /// - Parameter objective: which of the history's objectives, from 0.
  /// - Throws: `ImportanceError` when there are too few trials, or nothing differs.
  public init(_ history: History, objective: Int = 0) throws(ImportanceError) {
    let evidence = try ImportanceEvidence(history, objective: objective)
    self.evidence = evidence
    forest = BoostedForest(evidence)
    parts = forest.ensembles.map { Decomposition($0, evidence.axes) }
  }

  /// The shares.
  /// - Parameter withPairs: whether pairs are looked at, too: O(parameters²).
  public func importance(withPairs: Bool = false) -> Importance {
    let variances = parts.map(\.variance)
    let axes = evidence.axes.indices
    let shares = axes.map { axis in share([evidence.names[axis]], zip(parts, variances).map { Self.part($0.variance(of: axis), of: $1) }) }
    var pairs: [Importance.Share] = []
    if withPairs {
      for first in axes {
        for second in axes where second > first {
          let values = zip(parts, variances).map { Self.part($0.variance(of: first, with: second), of: $1) }
          pairs.append(share([evidence.names[first], evidence.names[second]], values))
        }
      }
      pairs.sort { $0.share > $1.share }
    }
    return Importance(shares: shares, pairs: pairs, explained: forest.explained, trials: evidence.values.count, remarks: remarks)
  }

  /// The metric over one parameter, everything else averaged out.
  /// - Throws: `ImportanceError.unknownParameter`.
  public func curve(of parameter: String) throws(ImportanceError) -> MarginalCurve {
    guard let axis = evidence.names.firstIndex(of: parameter) else {
      throw .unknownParameter(name: parameter, known: evidence.names)
    }
    let marginals = parts.map { $0.marginal(axis) }
    let domain = evidence.space.parameters[axis].frame
    var points: [MarginalCurve.Point] = []
    for (bin, place) in evidence.axes[axis].places.enumerated() {
      let (mean, deviation) = Self.jackknife(marginals.map { $0[bin] })
      for value in place.values(of: domain) {
        points.append(MarginalCurve.Point(value: value, mean: evidence.sign * mean, deviation: deviation))
      }
    }
    return MarginalCurve(parameter: parameter, points: points.sorted(in: domain))
  }

  private var remarks: [String] {
    guard forest.explained < 0.3 else { return evidence.remarks }
    let percent = Int((100 * max(0, forest.explained)).rounded())
    return evidence.remarks + [
      "the parameters explain \(percent) % of the differences between trials that the model had not seen: take the shares with care"
    ]
  }

  private func share(_ names: [String], _ values: [Double]) -> Importance.Share {
    let (mean, deviation) = Self.jackknife(values)
    return Importance.Share(parameters: names, share: mean, deviation: deviation)
  }

  private static func part(_ variance: Double, of total: Double) -> Double { total > 0 ? min(1, variance / total) : 0 }

  /// The mean of what was computed without each fifth, and its standard error.
  private static func jackknife(_ values: [Double]) -> (Double, Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, ((count - 1) / count * squares).squareRoot())
  }
}
