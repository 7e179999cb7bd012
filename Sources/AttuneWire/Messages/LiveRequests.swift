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
  /// The trigger's tag.
  public var trigger: String
  /// Who asks, when, in whose numbers.
  public var circumstances: Circumstances

  /// A request.
  public init(trigger: String, _ circumstances: Circumstances = Circumstances()) {
    self.trigger = trigger
    self.circumstances = circumstances
  }

  /// The parameters.
  public var json: JSON { .object(circumstances.members.merging(["trigger": .string(trigger)]) { first, _ in first }) }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let trigger = json["trigger"]?.string else {
      throw WireFailure(.invalidParameters, "'trigger.fire' needs \"trigger\": the name of one. Nothing was fired.")
    }
    self.init(trigger: trigger, try Circumstances(json: json))
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

  init(json: JSON) throws(WireFailure) {
    let number = json["number"]
    let atStep = json["atStep"]
    guard number == nil || (number?.int ?? 0) > 0, atStep == nil || (atStep?.int ?? -1) >= 0 else {
      throw WireFailure(.invalidParameters, "\"number\" counts from 1 and \"atStep\" from 0, in integers. Nothing was changed.")
    }
    self.init(atStep: atStep?.int, reason: json["reason"]?.string, by: json["by"]?.string, number: number?.int)
  }

  var members: [String: JSON] {
    var members: [String: JSON] = [:]
    if let atStep { members["atStep"] = .int(atStep) }
    if let reason { members["reason"] = .string(reason) }
    if let by { members["by"] = .string(by) }
    if let number { members["number"] = .int(number) }
    return members
  }
}
