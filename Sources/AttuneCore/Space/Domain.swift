import AttuneValues

/// How a numeric domain is spread over the unit interval.
public enum Scale: String, Codable, Sendable, CaseIterable {
  case linear
  /// Equal ratios get equal room; needs a lower bound above zero.
  case log
}

/// The values a parameter may take.
///
/// A closed set: an algorithm that handles these five handles every space.
public enum Domain: Hashable, Sendable, Codable {
  /// Real numbers in `lower...upper`; with a step, `lower + k · step` only.
  case float(lower: Double, upper: Double, scale: Scale = .linear, step: Double? = nil)
  /// Integers in `lower...upper`; with a step, `lower + k · step` only.
  case int(lower: Int, upper: Int, scale: Scale = .linear, step: Int? = nil)
  /// One of several values without an order.
  case choice([Value])
  /// One of several values in the order given.
  case ordinal([Value])
  case bool
}

extension Domain {
  /// How many values there are; `nil` for a float without a step.
  public var count: Int? {
    switch self {
    case .float(_, _, _, nil): nil
    case .float(let lower, let upper, _, let step?): Self.stepCount(upper - lower, step) + 1
    case .int(let lower, let upper, _, let step): (upper - lower) / (step ?? 1) + 1
    case .choice(let values), .ordinal(let values): values.count
    case .bool: 2
    }
  }

  /// The values a discrete domain holds, in order; `nil` for a float without a step.
  public var values: [Value]? {
    guard let count else { return nil }
    return (0..<count).map { value(at: $0) }
  }

  /// Whether `value` is one of this domain's. An integral float counts as an int, and an int as a float.
  public func contains(_ value: Value) -> Bool { normalized(value) != nil }

  /// `value` in this domain's own type, e.g. the int 1 as the float 1.0; `nil` when it does not belong to the domain.
  public func normalized(_ value: Value) -> Value? {
    switch (self, value) {
    case (.float(let lower, let upper, _, let step), .float), (.float(let lower, let upper, _, let step), .int):
      guard let number = value.number, number >= lower, number <= upper else { return nil }
      if let step, !Self.isMultiple(number - lower, of: step) { return nil }
      return .float(number)
    case (.int, .float(let number)):
      return Int(exactly: number).flatMap { normalized(.int($0)) }
    case (.int(let lower, let upper, _, let step), .int(let integer)):
      return integer >= lower && integer <= upper && (integer - lower) % (step ?? 1) == 0 ? value : nil
    case (.choice(let values), _), (.ordinal(let values), _):
      return values.first { $0 == value || ($0.number != nil && $0.number == value.number && !$0.isBool && !value.isBool) }
    case (.bool, .bool): return value
    default: return nil
    }
  }

  /// Whether every value of this domain is one of `frame`. Steps are compared at the ends only.
  func isPart(of frame: Domain) -> Bool {
    // Looking for ten thousand values among as many takes seconds, and mostly the two are one.
    if self == frame { return true }
    if case .choice(let values) = self { return values.allSatisfy(frame.contains) }
    if case .ordinal(let values) = self { return values.allSatisfy(frame.contains) }
    return frame.contains(value(atUnit: 0)) && frame.contains(value(atUnit: 1))
  }

  /// The `index`-th value of a discrete domain.
  func value(at index: Int) -> Value {
    switch self {
    case .float(let lower, let upper, _, let step): .float(min(upper, lower + Double(index) * (step ?? 0)))
    case .int(let lower, _, _, let step): .int(lower + index * (step ?? 1))
    case .choice(let values), .ordinal(let values): values[index]
    case .bool: .bool(index == 1)
    }
  }

  private static func stepCount(_ width: Double, _ step: Double) -> Int { Int((width / step + 1e-9).rounded(.down)) }

  private static func isMultiple(_ distance: Double, of step: Double) -> Bool {
    let steps = distance / step
    return abs(steps - steps.rounded()) < 1e-6
  }
}

extension Value {
  var isBool: Bool { if case .bool = self { true } else { false } }
}

extension Domain: CustomStringConvertible {
  /// What is allowed, as an error message says it: `1e-05...1.0 (log)`, `sgd, adam`.
  public var description: String {
    switch self {
    case .float(let lower, let upper, let scale, let step):
      "\(lower)...\(upper)" + (step.map { " in steps of \($0)" } ?? "") + (scale == .log ? " (log)" : "")
    case .int(let lower, let upper, let scale, let step):
      "\(lower)...\(upper)" + (step.map { " in steps of \($0)" } ?? "") + (scale == .log ? " (log)" : "")
    case .choice(let values), .ordinal(let values): values.map(\.description).joined(separator: ", ")
    case .bool: "true, false"
    }
  }
}
