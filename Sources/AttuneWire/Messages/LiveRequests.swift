import AttuneValues

/// `variables.set`: new values, all of them or none.
public struct SetRequest: Hashable, Sendable {
  /// By tag; at least one.
  public var values: [String: Value]
  /// Who asks, when, in whose numbers.
  public var circumstances: Circumstances

  /// A request.
  public init(values: [String: Value], _ circumstances: Circumstances = Circumstances()) {
    self.values = values
    self.circumstances = circumstances
  }

  /// The parameters.
  public var json: JSON {
    .object(circumstances.members.merging(["values": .object(values.mapValues(\.json))]) { first, _ in first })
  }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let members = json["values"]?.object, !members.isEmpty else {
      throw WireFailure(.invalidParameters, "'variables.set' needs \"values\": an object with at least one tag. Nothing was changed.")
    }
    var values: [String: Value] = [:]
    for (tag, member) in members {
      guard let value = Value(json: member) else {
        throw WireFailure(
          .invalidParameters, "'\(tag)' = \(member.text) refused: a value is true, false, a number or a string. Nothing was changed.")
      }
      values[tag] = value
    }
    self.init(values: values, try Circumstances(json: json))
  }
}

/// `trigger.fire`: fires a trigger once.
public struct FireRequest: Hashable, Sendable {
  /// The most that a payload may have as text, in bytes.
  public static let payloadLimit = 64 << 10

  /// The trigger's tag.
  public var trigger: String
  /// What the program is to know besides; `nil` for nothing.
  public var payload: JSON?
  /// Who asks, when, in whose numbers.
  public var circumstances: Circumstances

  /// A request.
  public init(trigger: String, payload: JSON? = nil, _ circumstances: Circumstances = Circumstances()) {
    self.trigger = trigger
    self.payload = payload
    self.circumstances = circumstances
  }

  /// The parameters.
  public var json: JSON {
    var members = circumstances.members
    members["trigger"] = .string(trigger)
    if let payload { members["payload"] = payload }
    return .object(members)
  }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`, or with `.refused` for a payload beyond the limit.
  public init(json: JSON) throws(WireFailure) {
    guard let trigger = json["trigger"]?.string else {
      throw WireFailure(.invalidParameters, "'trigger.fire' needs \"trigger\": the name of one. Nothing was fired.")
    }
    let payload = json["payload"].flatMap { $0 == .null ? nil : $0 }
    if let size = payload?.text.utf8.count, size > Self.payloadLimit {
      throw WireFailure(
        .refused, "'\(trigger)': a payload of \(size) bytes refused: allowed \(Self.payloadLimit) as text. Nothing was fired.")
    }
    self.init(trigger: trigger, payload: payload, try Circumstances(json: json))
  }
}

/// What a request to change something may say besides.
public struct Circumstances: Hashable, Sendable {
  /// Not before this step; `nil` for as soon as the variables allow.
  public var atStep: Int?
  /// Why, in the person's words.
  public var reason: String?
  /// Who.
  public var by: String?
  /// The controller's number of the change: a request with a number that was accepted before changes nothing again.
  public var number: Int?

  /// What is known.
  public init(atStep: Int? = nil, reason: String? = nil, by: String? = nil, number: Int? = nil) {
    self.atStep = atStep
    self.reason = reason
    self.by = by
    self.number = number
  }

  /// Reads them among a request's parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    let number = json["number"]
    let atStep = json["atStep"]
    guard number == nil || (1...Self.highestNumber).contains(number?.int ?? 0), atStep == nil || (atStep?.int ?? -1) >= 0 else {
      throw WireFailure(.invalidParameters, "\"number\" counts from 1 to \(Self.highestNumber) and \"atStep\" from 0. Nothing was changed.")
    }
    self.init(atStep: atStep?.int, reason: json["reason"]?.string, by: json["by"]?.string, number: number?.int)
  }

  /// The last whole number that every reader of JSON can hold, 2⁵³ − 1: whoever counts on from it does not overflow.
  public static let highestNumber = 9_007_199_254_740_991

  var members: [String: JSON] {
    var members: [String: JSON] = [:]
    if let atStep { members["atStep"] = .int(atStep) }
    if let reason { members["reason"] = .string(reason) }
    if let by { members["by"] = .string(by) }
    if let number { members["number"] = .int(number) }
    return members
  }
}

/// The answer to a request that changes something: it is accepted, under that number, and was asked for by that name.
public struct Acceptance: Hashable, Sendable {
  /// The change's number; `changed` with it tells that it took effect.
  public var number: Int
  /// Who asked; `unknown` when nobody said.
  public var by: String

  /// An answer.
  public init(number: Int, by: String) {
    self.number = number
    self.by = by
  }

  /// The result.
  public var json: JSON { ["number": .int(number), "by": .string(by)] }

  /// Reads the result.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let number = json["number"]?.int else { throw WireFailure(.invalidParameters, "an acceptance needs \"number\"") }
    self.init(number: number, by: json["by"]?.string ?? "unknown")
  }
}
