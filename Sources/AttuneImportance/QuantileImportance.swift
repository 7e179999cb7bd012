import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How differently the best trials are spread over each parameter's values than all trials are: PED-ANOVA.
///
/// For each parameter a density of the best part of the trials, and one of all of them; their Pearson divergence is how much of being
/// among the best the parameter decides. It has no model that could be wrong and costs next to nothing, but sees no parameters together.
/// When not to use it: where trials gathered in a good region already, as a model-based proposer makes them: within it, what was decisive
/// before is the same for all. `FunctionalAnova` asks about the whole space.
/// Source: Watanabe, Bansal, Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary subspaces" (IJCAI 2023).
/// - Complexity: O(trials × parameters).
public enum QuantileImportance {
  /// Cells of a continuous parameter.
  static let cells = 50

  /// - Parameters:
  ///   - quantile: the best part of the trials, above 0 and below 1.
  ///   - objective: which of the history's objectives, from 0.
  /// - Returns: shares that add to 1, or are all 0 when no parameter tells the best trials from the others.
  /// - Throws: `ImportanceError` when there are too few trials, or nothing differs.
  public static func importance(of history: History, quantile: Double = 0.1, objective: Int = 0) throws(ImportanceError) -> Importance {
    precondition(quantile > 0 && quantile < 1, "a quantile lies between 0 and 1; got \(quantile)")
    let evidence = try ImportanceEvidence(history, objective: objective)
    let count = evidence.values.count
    let size = max(2, Int((quantile * Double(count)).rounded(.up)))
    let threshold = evidence.values.sorted()[size - 1]
    let isBest = evidence.values.map { $0 <= threshold }
    let divergences = evidence.axes.map { divergence($0, isBest) }
    let total = divergences.reduce(0, +)
    let shares = zip(evidence.names, divergences).map {
      Importance.Share(parameters: [$0], share: total > 0 ? $1 / total : 0, deviation: nil)
    }
    let best = isBest.count(where: \.self)
    let remarks = best > 2 * size ? ["\(best) of \(count) trials are equally good: the best part is larger than asked for"] : []
    return Importance(shares: shares, pairs: [], explained: nil, trials: count, remarks: evidence.remarks + remarks)
  }

  /// ∫ (p_best / p_all − 1)² p_all.
  private static func divergence(_ axis: ImportanceAxis, _ isBest: [Bool]) -> Double {
    let all = density(axis, [Bool](repeating: true, count: isBest.count))
    let best = density(axis, isBest)
    return zip(all, best).reduce(0) { $1.0 > 0 ? $0 + ($1.1 / $1.0 - 1) * ($1.1 / $1.0 - 1) * $1.0 : $0 }
  }

  /// Probabilities of the cells: counts where values have no order, else normal kernels of Scott's width, cut off at the ends.
  private static func density(_ axis: ImportanceAxis, _ isTaken: [Bool]) -> [Double] {
    var probabilities = [Double](repeating: 0, count: axis.count)
    for (bin, isTaken) in zip(axis.bins, isTaken) where isTaken { probabilities[Int(bin)] += 1 }
    let total = probabilities.reduce(0, +)
    guard axis.isOrdered else {
      // One trial more, spread as the values are: a value that none of the best has is not impossible.
      return probabilities.enumerated().map { ($0.element + axis.weight($0.offset)) / (total + 1) }
    }
    let first = axis.absent == nil ? 0 : 1
    let present = probabilities[first...].reduce(0, +)
    var smooth = [Double](repeating: 0, count: cells)
    let middles = axis.middles
    let width = bandwidth(middles, Array(probabilities[first...]), present)
    for (middle, number) in zip(middles, probabilities[first...]) where number > 0 {
      let kernel = (0..<cells).map { cell in exp(-0.5 * pow(((Double(cell) + 0.5) / Double(cells) - middle) / width, 2)) }
      let sum = kernel.reduce(0, +)
      for cell in 0..<cells { smooth[cell] += number * kernel[cell] / sum }
    }
    let absence = first == 1 ? [(probabilities[0] + axis.weight(0)) / (total + 1)] : []
    return absence + smooth.map { ($0 + (1 - axis.absenceWeight) / Double(cells)) / (total + 1) }
  }

  /// Scott's rule, and not less than half a cell.
  private static func bandwidth(_ middles: [Double], _ numbers: [Double], _ total: Double) -> Double {
    guard total > 0 else { return 1 }
    let mean = zip(middles, numbers).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(middles, numbers).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 } / total
    return max(0.5 / Double(cells), 1.059 * variance.squareRoot() * pow(total, -0.2))
  }
}

extension ImportanceAxis {
  fileprivate var absenceWeight: Double { absent == nil ? 0 : weight(0) }

  /// Of the bins that are values, as coordinates.
  fileprivate var middles: [Double] {
    places.compactMap { if case .range(let range) = $0 { (range.lowerBound + range.upperBound) / 2 } else { nil } }
  }

  fileprivate var isOrdered: Bool {
    places.contains { if case .range = $0 { true } else { false } }
  }
}
