import AttuneMath

/// Which of several results are best.
extension Criteria {
  /// The best by the first objective among those that keep every bound; when none does, the one that breaks them least: first by the
  /// number of bounds whose metric is not known, then by the sum of what it is beyond the others. Of equal ones the first.
  /// - Returns: `nil` when none has values.
  public func best(of results: [TrialResult]) -> TrialResult? {
    var best: (result: TrialResult, rank: (Int, Double, Double))?
    for result in results {
      guard let values = result.values else { continue }
      let violations = violations(of: result)
      let known = violations.filter(\.isFinite)
      let rank = (violations.count - known.count, known.reduce(0, +), costs(of: values)[0])
      if best.map({ rank < $0.rank }) ?? true { best = (result, rank) }
    }
    return best?.result
  }

  /// The results that no other beats in every objective, of those that keep every bound; the best by the first objective comes first. When
  /// none keeps them all, the one that breaks them least.
  /// - Returns: none when none has values. With one objective at most one.
  public func front(of results: [TrialResult]) -> [TrialResult] {
    let feasible = results.filter { isFeasible($0) }
    guard objectives.count > 1, !feasible.isEmpty else { return best(of: results).map { [$0] } ?? [] }
    let points = feasible.map { costs(of: $0.values ?? []) }
    return ParetoRanking.front(of: points).sorted { (points[$0][0], $0) < (points[$1][0], $1) }.map { feasible[$0] }
  }

  /// A point worse than every result: in each objective the worst value seen, and a tenth of the extent beyond, so that the ends of a
  /// front count too.
  /// - Returns: values in the metrics' own units; `nil` when no result has values.
  public func reference(for results: [TrialResult]) -> [Double]? {
    let points = results.compactMap { $0.values.map(costs(of:)) }
    guard !points.isEmpty else { return nil }
    let costs = objectives.indices.map { index in
      let column = points.map { $0[index] }
      let (least, most) = (column.min() ?? 0, column.max() ?? 0)
      return most + 0.1 * (most > least ? most - least : max(abs(most), 1))
    }
    return self.costs(of: costs)
  }

  /// The volume between a front and a point worse than it; larger is better. Only results that keep every bound count.
  /// - Parameter reference: one value for each objective, in the metrics' own units.
  public func hypervolume(of results: [TrialResult], reference: [Double]) -> Double {
    let points = results.filter { isFeasible($0) }.compactMap { $0.values.map(costs(of:)) }
    return Hypervolume.value(of: points, reference: costs(of: reference))
  }
}
