import AttuneValues

/// `changed`: values or a trigger took effect. The same object is a line of `ATTUNE_RECORD` and `ATTUNE_CHANGES`.
public struct ChangeNotice: Hashable, Sendable {
  /// From 1 without gaps, in the order of taking effect, within one process.
  public var n: Int
  /// The number of the request; 0 when the program changed a value by itself.
  public var number: Int
  /// The steps completed when it took effect.
  public var step: Int
  /// The values used; empty for a trigger, unless it is `attune.load`, with which values are taken over.
  public var values: [String: Value]
  /// The trigger that the program consumed; `nil` for values.
  public var trigger: String?
  /// What was fired with the trigger; `nil` for nothing.
  public var payload: JSON?
  /// Whether the values changed within a step. A replay can only do so at the step's start, so it is not exact there.
  public var isImmediate: Bool
  /// How many ranks applied it; `nil` outside a group.
  public var ranks: Int?
  /// Who asked.
  public var by: String
  /// Why, if it was said.
  public var reason: String?
  /// When, in seconds since 1970-01-01 UTC.
  public var time: Double

  /// A change that took effect.
  public init(
    n: Int, number: Int, step: Int, values: [String: Value] = [:], trigger: String? = nil, payload: JSON? = nil,
    isImmediate: Bool = false, ranks: Int? = nil, by: String, reason: String? = nil, time: Double
  ) {
    self.n = n
    self.number = number
    self.step = step
    self.values = values
    self.trigger = trigger
    self.payload = payload
    self.isImmediate = isImmediate
    self.ranks = ranks
    self.by = by
    self.reason = reason
    self.time = time
  }

  /// The parameters.
  public var json: JSON {
    var members: [String: JSON] = [
      "n": .int(n), "number": .int(number), "step": .int(step), "by": .string(by), "time": .float(time),
    ]
    if let trigger { members["trigger"] = .string(trigger) }
    if trigger == nil || !values.isEmpty { members["values"] = .object(values.mapValues(\.json)) }
    if let payload { members["payload"] = payload }
    if isImmediate { members["immediate"] = true }
    if let ranks { members["ranks"] = .int(ranks) }
    if let reason { members["reason"] = .string(reason) }
    return .object(members)
  }

  /// Reads the parameters; of a recorded line `n`, `by` and `time` may be missing.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    let trigger = json["trigger"]?.string
    guard let number = json["number"]?.int, let step = json["step"]?.int, trigger != nil || json["values"]?.object != nil else {
      throw WireFailure(.invalidParameters, "a change needs \"number\", \"step\", and \"values\" or \"trigger\"")
    }
    self.init(
      n: json["n"]?.int ?? 0, number: number, step: step,
      values: json["values"]?.object?.compactMapValues(Value.init(json:)) ?? [:], trigger: trigger,
      payload: json["payload"], isImmediate: json["immediate"]?.bool ?? false, ranks: json["ranks"]?.int,
      by: json["by"]?.string ?? "", reason: json["reason"]?.string, time: json["time"]?.double ?? 0)
  }
}
