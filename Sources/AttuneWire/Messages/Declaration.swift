import AttuneValues

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
  /// The triggers of which no firing is lost when several come before the program asks.
  public var counted: [String]

  /// What was declared.
  public init(variables: [Variable], triggers: [String], counted: [String] = []) {
    self.variables = variables
    self.triggers = triggers
    self.counted = counted
  }

  /// The parameters or the result.
  public var json: JSON {
    let list = variables.map { variable -> JSON in
      var members = variable.descriptor.json.object ?? [:]
      members["value"] = variable.value.json
      return .object(members)
    }
    var members: [String: JSON] = ["variables": .array(list), "triggers": .array(triggers.map(JSON.string))]
    if !counted.isEmpty { members["counted"] = .array(counted.map(JSON.string)) }
    return .object(members)
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
    self.init(
      variables: read, triggers: triggers.compactMap(\.string), counted: json["counted"]?.array?.compactMap(\.string) ?? [])
  }
}
