import AttuneCore
import AttuneMath

/// Several schedulers on the same repeats: who reaches the target when, with what, and how sure that is.
public struct Comparison: Sendable {
  /// What came of one scheduler.
  public struct Row: Sendable {
    /// Its word, with its options.
    public let scheduler: String
    /// Its runs, by repeat.
    public let runs: [SimulatedRun]
    /// Seconds to the target. Where it was not reached, `TimesToTarget` says so.
    public let times: TimesToTarget
    /// Mean time to target, relative to the first scheduler's, with its interval; `nil` without a target, and for the first scheduler.
    public let timeRatio: PairedRatio?
    /// For each repeat, the average over time, until the budget, of the best value so far.
    public let areas: [Double]
    /// The differences of `areas` to the first scheduler's, averaged; above 0 is better, whatever the goal. `nil` for the first scheduler.
    public let areaGain: PairedMean?
    /// Seconds of slots, by repeat.
    public let machineSeconds: [Double]
    /// Seconds that one trial held slots, over all trials of all repeats.
    public let durations: Quantiles
  }

  /// In the order given.
  public let rows: [Row]
  /// For each repeat the seconds until which `areas` look: when the last of its runs had ended, or what was asked for.
  public let budgets: [Double]
  /// What is better.
  public let objective: Objective

  /// The part of resampled data between the ends of every interval.
  public static let confidence = 0.9

  /// Compares.
  /// - Parameters:
  ///   - runs: for each scheduler its runs, by repeat: the same repeats for all, at least one.
  ///   - budget: seconds; `nil` for the time at which the last run of a repeat ends.
  ///   - seed: of the resampling.
  /// - Precondition: as many runs for every scheduler.
  public init(_ runs: [[SimulatedRun]], of workload: Workload, budget: Double? = nil, seed: UInt64) {
    let repeats = runs.first?.count ?? 0
    precondition(repeats > 0 && runs.allSatisfy { $0.count == repeats }, "every scheduler has a run for each repeat, at least one")
    objective = workload.objective
    let budgets = (0..<repeats).map { index in budget ?? max(runs.map { $0[index].seconds }.max() ?? 0, .leastNonzeroMagnitude) }
    self.budgets = budgets
    let hasTarget = workload.objective.target != nil
    let times = runs.map { TimesToTarget($0) }
    let areas = runs.map { runs in zip(runs, budgets).map { $0.meanBest(until: $1, floor: workload.floor) } }
    let sign = workload.objective.goal == .maximize ? 1.0 : -1.0
    rows = runs.indices.map { index in
      let isFirst = index == 0
      let gains = zip(areas[index], areas[0]).map { sign * ($0 - $1) }
      return Row(
        scheduler: runs[index][0].scheduler, runs: runs[index], times: times[index],
        timeRatio: isFirst || !hasTarget ? nil : PairedRatio(times[index].counted, times[0].counted, seed: seed),
        areas: areas[index], areaGain: isFirst ? nil : PairedMean(gains, seed: seed),
        machineSeconds: runs[index].map(\.machineTime.total),
        durations: Quantiles(runs[index].flatMap { $0.trials.lazy.filter { $0.seconds > 0 }.map(\.seconds) }))
    }
  }
}

/// When a target was reached in every repeat, or was not.
public struct TimesToTarget: Hashable, Sendable {
  /// By repeat; `nil` where it was not reached.
  public let seconds: [Double?]
  /// The same, and the end of the experiment where it was not reached: reaching it would have taken longer.
  public let counted: [Double]

  init(_ runs: [SimulatedRun]) {
    seconds = runs.map(\.timeToTarget)
    counted = runs.map { $0.timeToTarget ?? $0.seconds }
  }

  /// Repeats in which it was reached.
  public var reached: Int { seconds.count { $0 != nil } }
  /// Whether some repeat did not reach it, so that means are lower bounds.
  public var isBound: Bool { reached < seconds.count }
  /// Of `counted`.
  public var mean: Double { counted.reduce(0, +) / Double(counted.count) }
  /// Of `counted`.
  public var quantiles: Quantiles { Quantiles(counted) }
  /// `nil` when it lies among repeats that did not reach the target, so that only a lower bound is known.
  public var median: Double? {
    let value = Quantiles(seconds.map { $0 ?? .infinity }).median
    return value.isFinite ? value : nil
  }
}
