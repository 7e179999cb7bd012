import AttuneValues

/// A line of a schedule, `ATTUNE_REPLAY`: what is to take effect when the program has completed a step.
///
/// A line has the form of `changed`; only `step` and `values` or `trigger` are needed, so that people write one by hand.
public struct ScheduleLine: Hashable, Sendable {
  /// The completed steps at which it takes effect; 0 for the program's beginning.
  public var step: Int
  /// By tag; empty for a trigger.
  public var values: [String: Value]
  /// The trigger to fire; `nil` for values.
  public var trigger: String?
  /// What is fired with the trigger.
  public var payload: JSON?
  /// Who made the change; `nil` when the line does not say.
  public var by: String?
  /// Why.
  public var reason: String?

  /// A line.
  public init(
    step: Int, values: [String: Value] = [:], trigger: String? = nil, payload: JSON? = nil, by: String? = nil, reason: String? = nil
  ) {
    self.step = step
    self.values = values
    self.trigger = trigger
    self.payload = payload
    self.by = by
    self.reason = reason
  }

  /// Reads a line, without its newline.
  /// - Returns: `nil` for one that says nothing to do: a blank one, a comment (`#`), a pause, or a change that the program made by itself
  ///   and will make again.
  /// - Throws: `WireFailure` with `.invalidParameters`: what stood there, and what is allowed.
  public init?(parsing line: some Collection<UInt8>) throws(WireFailure) {
    let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    guard let first = text.first, first != UInt8(ascii: "#") else { return nil }
    guard let json = try? JSON(parsing: Array(text)), let line = Self(json: json) else {
      let shown = String(decoding: text.prefix(200), as: UTF8.self)
      throw WireFailure(
        .invalidParameters,
        "\(shown) refused: allowed {\"step\":5,\"values\":{\"lr\":0.1}} or {\"step\":5,\"trigger\":\"save\"}, steps from 0.")
    }
    if json["number"] == 0, json["by"] == "program" { return nil }
    if let trigger = line.trigger, let reserved = ReservedTag(rawValue: trigger), !reserved.isDeclaredByPrograms { return nil }
    self = line
  }

  /// The line as JSON.
  public var json: JSON {
    var members: [String: JSON] = ["step": .int(step)]
    if let trigger { members["trigger"] = .string(trigger) } else { members["values"] = .object(values.mapValues(\.json)) }
    if let payload { members["payload"] = payload }
    if let by { members["by"] = .string(by) }
    if let reason { members["reason"] = .string(reason) }
    return .object(members)
  }

  private init?(json: JSON) {
    guard let step = json["step"]?.int, step >= 0 else { return nil }
    let trigger = json["trigger"]?.string
    let members = json["values"]?.object ?? [:]
    let values = members.compactMapValues(Value.init(json:))
    guard trigger != nil || !values.isEmpty, values.count == members.count else { return nil }
    self.init(
      step: step, values: trigger == nil ? values : [:], trigger: trigger, payload: json["payload"], by: json["by"]?.string,
      reason: json["reason"]?.string)
  }
}
