/// What the experiment is after.
public struct Objective: Hashable, Sendable, Codable {
  /// Which way is better.
  public enum Goal: String, Sendable, Codable, CaseIterable { case minimize, maximize }
  /// Which of a trial's reports is its value.
  public enum Summary: String, Sendable, Codable, CaseIterable { case best, last }

  /// The name under which trials report it.
  public let metric: String
  /// Which way is better.
  public let goal: Goal
  /// Reaching it ends the experiment; `nil` for none.
  public let target: Double?
  /// Which of a trial's reports is its value, where there is no other objective.
  public let summary: Summary

  /// An objective.
  public init(metric: String, goal: Goal, target: Double? = nil, summary: Summary = .best) {
    self.metric = metric
    self.goal = goal
    self.target = target
    self.summary = summary
  }

  /// Whether `left` is better; nan is worse than everything.
  public func isBetter(_ left: Double, than right: Double) -> Bool {
    if left.isNaN { return false }
    if right.isNaN { return true }
    return goal == .maximize ? left > right : left < right
  }

  /// Whether `value` is as good as the target or better.
  public func reachesTarget(_ value: Double) -> Bool {
    guard let target, !value.isNaN else { return false }
    return goal == .maximize ? value >= target : value <= target
  }

  /// A trial's value from its reports; `nil` when none of them has a finite value of the metric (for `last`: when the last that
  /// has the metric at all is not finite).
  public func value(of reports: [Report]) -> Double? {
    switch summary {
    case .last:
      let value = reports.last { $0.metrics[metric] != nil }?.metrics[metric]
      return value.flatMap { $0.isFinite ? $0 : nil }
    case .best:
      var best: Double?
      for report in reports {
        guard let value = report.metrics[metric], value.isFinite else { continue }
        if best.map({ isBetter(value, than: $0) }) ?? true { best = value }
      }
      return best
    }
  }
}
