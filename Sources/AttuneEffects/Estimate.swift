/// A number with the interval that holds the true one in 95 of 100 cases.
public struct Estimate: Hashable, Sendable {
  /// The best guess.
  public let value: Double
  /// The lower end of the interval.
  public let low: Double
  /// The upper end of the interval.
  public let high: Double

  /// - Precondition: `low <= high`.
  public init(_ value: Double, low: Double, high: Double) {
    precondition(low <= high, "an interval's ends are in order; got \(low) and \(high)")
    self.value = value
    self.low = low
    self.high = high
  }

  /// Whether the interval leaves 0 out: something happened, and its direction is known.
  public var isClear: Bool { low > 0 || high < 0 }
}

/// A metric's value at a step.
public struct Sample: Hashable, Sendable {
  /// Completed steps.
  public let step: Int
  /// The metric.
  public let value: Double

  /// That value at that step.
  public init(step: Int, value: Double) {
    self.step = step
    self.value = value
  }
}

/// Why nothing can be said of a change.
public enum EffectProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case tooFewBefore(Int, needed: Int)
  case tooFewAfter(Int, needed: Int)
  case tooFewPairs(Int, needed: Int)

  /// One line.
  public var description: String {
    switch self {
    case .tooFewBefore(let count, let needed): "too few reports before it: \(count), needed are \(needed)"
    case .tooFewAfter(let count, let needed): "too few reports after it: \(count), needed are \(needed)"
    case .tooFewPairs(let count, let needed): "too few steps that both have reported: \(count), needed are \(needed)"
    }
  }
}
