import AttuneCore

/// Turns values of the objective into units in which larger is better: 0 to 1 from the worse end of a range to the better one, where one
/// is given.
struct MeritScale: Hashable, Sendable {
  private let range: ClosedRange<Double>?

  init(_ range: ClosedRange<Double>?) { self.range = range }

  /// Whether values are brought to 0 to 1.
  var isNormal: Bool { range != nil }

  /// A value that is not finite is worse than any that is.
  func merit(_ value: Double, _ objective: Objective) -> Double {
    guard value.isFinite else { return -.infinity }
    guard let range else { return objective.goal == .maximize ? value : -value }
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return objective.goal == .maximize ? share : 1 - share
  }

  /// A difference of two values.
  func distance(_ difference: Double) -> Double { range.map { difference / ($0.upperBound - $0.lowerBound) } ?? difference }
}
