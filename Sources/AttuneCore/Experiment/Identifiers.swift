/// A trial's number within its experiment, from 1 in the order of proposal.
public struct TrialID: Hashable, Comparable, Sendable, RawRepresentable, Codable, CustomStringConvertible {
  /// From 1.
  public let rawValue: Int

  /// The trial of that number.
  public init(rawValue: Int) { self.rawValue = rawValue }
  /// The trial of that number.
  public init(_ number: Int) { rawValue = number }

  /// By number.
  public static func < (left: TrialID, right: TrialID) -> Bool { left.rawValue < right.rawValue }
  /// The number.
  public var description: String { String(rawValue) }
}

/// One process run for a trial: `3.2` is the second attempt of trial 3.
public struct AttemptID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The trial it runs for.
  public let trial: TrialID
  /// From 1 within the trial.
  public let number: Int

  /// That attempt of that trial.
  public init(trial: TrialID, number: Int) {
    self.trial = trial
    self.number = number
  }

  /// Reads `3.2`; `nil` when the text is nothing of the kind.
  public init?(_ text: String) {
    let parts = text.split(separator: ".").map { Int($0) }
    guard parts.count == 2, let trial = parts[0], let number = parts[1], trial > 0, number > 0 else { return nil }
    self.init(trial: TrialID(trial), number: number)
  }

  /// By trial, then by number.
  public static func < (left: AttemptID, right: AttemptID) -> Bool { (left.trial, left.number) < (right.trial, right.number) }
  /// `3.2`.
  public var description: String { "\(trial).\(number)" }
}

extension AttemptID: Codable {
  /// Reads `"3.2"`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let attempt = AttemptID(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "an attempt is written TRIAL.NUMBER, e.g. 3.2; got '\(text)'")
    }
    self = attempt
  }

  /// Writes `"3.2"`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// A place where one attempt can run.
public struct Slot: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// The agent that owns it.
  public let agent: String
  /// From 0 within the agent.
  public let index: Int

  /// That slot of that agent.
  public init(agent: String, index: Int) {
    self.agent = agent
    self.index = index
  }

  /// By agent, then by index.
  public static func < (left: Slot, right: Slot) -> Bool { (left.agent, left.index) < (right.agent, right.index) }
  /// `local/0`.
  public var description: String { "\(agent)/\(index)" }
}

/// Seconds since 1970-01-01 UTC.
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
  /// Seconds since 1970-01-01 UTC.
  public let seconds: Double

  /// That many seconds since 1970-01-01 UTC.
  public init(seconds: Double) { self.seconds = seconds }

  /// Reads a number.
  public init(from decoder: any Decoder) throws { seconds = try decoder.singleValueContainer().decode(Double.self) }
  /// Writes a number.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(seconds)
  }

  /// The earlier one is less.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
  /// Seconds from the right one to the left one.
  public static func - (left: Timestamp, right: Timestamp) -> Double { left.seconds - right.seconds }
  /// The moment so many seconds later.
  public static func + (left: Timestamp, seconds: Double) -> Timestamp { Timestamp(seconds: left.seconds + seconds) }
}
