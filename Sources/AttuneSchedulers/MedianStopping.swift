import AttuneCore

/// Stops a trial whose best value so far is worse than the median of the other trials' running averages up to the same step.
///
/// Compared are trials that have reported that step or a later one. It assumes nothing about the curves' shape, and, unlike a
/// fixed quantile of the final values, it cannot be fooled by one lucky early report.
/// Of several objectives it looks at the first alone, so a trial that is good in another may be stopped.
/// When not to use it: when curves cross late (a learning-rate schedule that reverses the ranking); see `fifo`.
/// Source: Golovin et al., "Google Vizier: a service for black-box optimization" (KDD 2017), §3.2.1.
public struct MedianStopping: Scheduler {
  private let startup: Int
  private let warmup: Int
  private var curves: [TrialID: RunningAverages] = [:]

  /// - Parameters:
  ///   - startup: other trials that must have come as far before anything is stopped, at least 1.
  ///   - warmup: steps every trial may do in any case.
  public init(startup: Int = 5, warmup: Int = 3) {
    precondition(startup >= 1 && warmup >= 0, "startup must be at least 1 and warmup at least 0; got \(startup) and \(warmup)")
    self.startup = startup
    self.warmup = warmup
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      startup: try options.int("startup", default: 5, in: 1...100_000), warmup: try options.int("warmup", default: 3, in: 0...1_000_000_000)
    )
  }

  /// - Complexity: O(trials · log reports).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    guard case .reported(let id) = occasion, let report = situation.history[id].reports.last else { return [] }
    let (objective, trial) = (situation.history.objective, situation.history[id])
    guard let value = report.metrics[objective.metric] else { return [] }
    curves[trial.id, default: RunningAverages()].add(value, at: report.step)
    guard report.step > warmup else { return [] }
    var others: [Double] = []
    for (other, curve) in curves where other != trial.id {
      if let average = curve.average(upTo: report.step) { others.append(average) }
    }
    guard others.count >= startup else { return [] }
    let best = objective.value(of: trial.reports) ?? .nan
    return objective.isBetter(median(of: others), than: best) ? [.stop(id)] : []
  }

  private func median(of numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

/// The averages of a curve's prefixes. Values that are not finite are left out.
private struct RunningAverages: Sendable {
  /// Steps ascending; `sum` and `count` of everything up to the step.
  private var prefixes: [(step: Int, sum: Double, count: Int)] = []

  /// A step that was there before, as after a restart without a checkpoint, replaces the old one and what came after it.
  mutating func add(_ value: Double, at step: Int) {
    while let last = prefixes.last, last.step >= step { prefixes.removeLast() }
    let before = prefixes.last ?? (step: 0, sum: 0, count: 0)
    prefixes.append((step, value.isFinite ? before.sum + value : before.sum, before.count + (value.isFinite ? 1 : 0)))
  }

  /// The average up to a step; `nil` when the curve does not reach that step, or has no finite value there.
  func average(upTo step: Int) -> Double? {
    guard let last = prefixes.last, last.step >= step else { return nil }
    var low = 0
    var high = prefixes.count
    while low < high {
      let middle = (low + high) / 2
      if prefixes[middle].step <= step { low = middle + 1 } else { high = middle }
    }
    guard low > 0, prefixes[low - 1].count > 0 else { return nil }
    return prefixes[low - 1].sum / Double(prefixes[low - 1].count)
  }
}
