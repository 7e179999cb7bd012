import AttuneCore

/// Stops a trial whose best value so far is worse than the median of the other trials' running averages up to the same step.
///
/// Compared are trials that have reported that step or a later one. It assumes nothing about the curves' shape, and, unlike a
/// fixed quantile of the final values, it cannot be fooled by one lucky early report. Values that are not finite are left out of averages, and
/// are a trial's worst. A step that is reported again after a restart counts as it was.
/// Of several objectives it looks at the first alone, so a trial that is good in another may be stopped; see `dominance`.
/// When not to use it: when curves cross late (a learning-rate schedule that reverses the ranking); see `fifo`.
/// Source: Golovin et al., "Google Vizier: a service for black-box optimization" (KDD 2017), §3.2.1.
public struct MedianStopping: Scheduler {
  private let startup: Int
  private let warmup: Int
  private var milestones = Milestones()
  private var runners = TrialTable(blank: Runner())

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

  /// - Complexity: O(log trials + trials / 1024).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    let objective = situation.history.objective
    guard case .reported(let id) = occasion, let report = situation.newestReport(of: id), let value = report.metrics[objective.metric]
    else { return [] }
    runners[id].best = objective.merit(value, after: runners[id].best)
    if report.step > runners[id].step {
      let before = runners[id]
      runners[id].add(objective.merit(value), at: report.step)
      milestones.pass(from: before.step, before.average, to: report.step, runners[id].average)
    }
    guard report.step > warmup, let others = milestones.others(at: runners[id].step, own: runners[id].average), others.count >= startup
    else { return [] }
    return others.median > runners[id].best ? [.stop(id)] : []
  }
}

/// How a trial does.
private struct Runner: Sendable {
  private(set) var step = 0
  private var sum = 0.0
  private var count = 0
  var best = -Double.infinity

  /// Of the finite merits so far; `nil` while there is none.
  var average: Double? { count > 0 ? sum / Double(count) : nil }

  mutating func add(_ merit: Double, at step: Int) {
    self.step = step
    guard merit.isFinite else { return }
    sum += merit
    count += 1
  }
}
