/// A bound on a metric that a good trial keeps: known only after it ran, unlike a constraint of the space.
public struct OutcomeConstraint: Hashable, Sendable, Codable {
  /// On which side of the bound a metric has to stay.
  public enum Side: String, Sendable, Codable, CaseIterable { case atMost, atLeast }

  /// The name under which trials report it.
  public let metric: String
  /// On which side it has to stay.
  public let side: Side
  /// In the metric's own unit.
  public let bound: Double

  /// A bound.
  /// - Precondition: `bound` is finite.
  public init(metric: String, _ side: Side, _ bound: Double) {
    precondition(bound.isFinite, "the bound of '\(metric)' must be finite; got \(bound)")
    self.metric = metric
    self.side = side
    self.bound = bound
  }

  /// The metric in the last report that has it; `nil` where none has it, or it is no number.
  public func value(in reports: [Report]) -> Double? {
    guard let value = reports.last(where: { $0.metrics[metric] != nil })?.metrics[metric], !value.isNaN else { return nil }
    return value
  }

  /// How far beyond the bound a value is, in the metric's unit: 0 when the bound is kept; infinite for `nil`, as what was not shown is not
  /// kept.
  public func violation(of value: Double?) -> Double {
    guard let value else { return .infinity }
    return max(0, side == .atMost ? value - bound : bound - value)
  }

  /// Whether a report has the metric, and it is a number that keeps the bound.
  public func isKept(in report: Report) -> Bool {
    report.metrics[metric].map { side == .atMost ? $0 <= bound : $0 >= bound } ?? false
  }

  /// How far beyond the bound the last report that has the metric is.
  public func violation(in reports: [Report]) -> Double { violation(of: value(in: reports)) }
}

extension OutcomeConstraint: CustomStringConvertible {
  /// `memory <= 800.0`.
  public var description: String { "\(metric) \(side == .atMost ? "<=" : ">=") \(bound)" }
}
