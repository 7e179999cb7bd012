import AttuneValues

/// `changed`: values or a trigger took effect. The same object is a line of `ATTUNE_RECORD` and `ATTUNE_CHANGES`.
public struct ChangeNotice: Hashable, Sendable {
  /// From 1 without gaps, in the order of taking effect, within one process.
  public var n: Int
  /// The number of the request; 0 when the program changed a value by itself.
  public var number: Int
  /// The steps completed when it took effect.
  public var step: Int
  /// The values used; empty for a trigger.
  public var values: [String: Value]
  /// The trigger that the program consumed; `nil` for values.
  public var trigger: String?
  /// Who asked.
  public var by: String
  /// Why, if it was said.
  public var reason: String?
  /// When, in seconds since 1970-01-01 UTC.
  public var time: Double

  /// A change that took effect.
  public init(
    n: Int, number: Int, step: Int, values: [String: Value] = [:], trigger: String? = nil, by: String, reason: String? = nil, time: Double
  ) {
    self.n = n
    self.number = number
    self.step = step
    self.values = values
    self.trigger = trigger
    self.by = by
    self.reason = reason
    self.time = time
  }

  /// The parameters.
  public var json: JSON {
    var members: [String: JSON] = [
      "n": .int(n), "number": .int(number), "step": .int(step), "by": .string(by), "time": .float(time),
    ]
    if let trigger { members["trigger"] = .string(trigger) } else { members["values"] = .object(values.mapValues(\.json)) }
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
      by: json["by"]?.string ?? "", reason: json["reason"]?.string, time: json["time"]?.double ?? 0)
  }
}

/// `reported`: metrics of a step.
public struct ReportNotice: Hashable, Sendable {
  /// From 1 without gaps within an attempt; a gap means that the program had to forget reports.
  public var n: Int
  /// Completed steps, from 1.
  public var step: Int
  /// By name; nan and the infinities travel as the strings `nan`, `inf`, `-inf`.
  public var metrics: [String: Double]
  /// Seconds since the program began to use Attune.
  public var elapsed: Double

  /// A report.
  public init(n: Int, step: Int, metrics: [String: Double], elapsed: Double) {
    self.n = n
    self.step = step
    self.metrics = metrics
    self.elapsed = elapsed
  }

  /// The parameters.
  public var json: JSON {
    ["n": .int(n), "step": .int(step), "metrics": .object(metrics.mapValues(JSON.number)), "elapsed": .float(elapsed)]
  }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let n = json["n"]?.int, n > 0, let step = json["step"]?.int, step > 0, let members = json["metrics"]?.object else {
      throw WireFailure(.invalidParameters, "a report needs \"n\" and \"step\" (from 1) and \"metrics\"")
    }
    self.init(n: n, step: step, metrics: members.compactMapValues(\.double), elapsed: json["elapsed"]?.double ?? 0)
  }
}

/// `declared`, and the answer to `variables.list`: what a program can be asked to change.
public struct Declaration: Hashable, Sendable {
  /// A variable with its value.
  public struct Variable: Hashable, Sendable {
    /// What it says of itself.
    public var descriptor: VariableDescriptor
    /// What it holds.
    public var value: Value

    /// A variable with its value.
    public init(_ descriptor: VariableDescriptor, value: Value) {
      self.descriptor = descriptor
      self.value = value
    }
  }

  /// In the order of declaration.
  public var variables: [Variable]
  /// In the order of declaration.
  public var triggers: [String]

  /// What was declared.
  public init(variables: [Variable], triggers: [String]) {
    self.variables = variables
    self.triggers = triggers
  }

  /// The parameters or the result.
  public var json: JSON {
    let list = variables.map { variable -> JSON in
      var members = variable.descriptor.json.object ?? [:]
      members["value"] = variable.value.json
      return .object(members)
    }
    return ["variables": .array(list), "triggers": .array(triggers.map(JSON.string))]
  }

  /// Reads the parameters or the result.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let variables = json["variables"]?.array, let triggers = json["triggers"]?.array else {
      throw WireFailure(.invalidParameters, "a declaration needs \"variables\" and \"triggers\"")
    }
    var read: [Variable] = []
    for variable in variables {
      let descriptor = try VariableDescriptor(json: variable)
      guard let value = variable["value"].flatMap(Value.init(json:)) else {
        throw WireFailure(.invalidParameters, "variable '\(descriptor.tag)' needs a \"value\"")
      }
      read.append(Variable(descriptor, value: value))
    }
    self.init(variables: read, triggers: triggers.compactMap(\.string))
  }
}
