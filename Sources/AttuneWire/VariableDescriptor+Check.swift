import AttuneValues

extension VariableDescriptor {
  /// The value as the variable holds it: an integer becomes a float, a float without a fraction an int, where that is its type.
  /// - Parameters:
  ///   - value: what arrived.
  ///   - current: what the variable holds, for the message.
  /// - Throws: `WireFailure` with `.refused` and one line that says what is allowed.
  public func accepting(_ value: Value, current: Value) throws(WireFailure) -> Value {
    guard let converted = converted(value), isInRange(converted) else { throw refusal(of: value, current: current) }
    return converted
  }

  /// The refusal of a value, with the reason where a validator gave one.
  public func refusal(of value: Value, current: Value, reason: String? = nil) -> WireFailure {
    let arrived = if case .string(let text) = value { "'\(text)'" } else { value.description }
    return WireFailure(.refused, "'\(tag)' = \(arrived) refused: \(reason ?? "allowed \(allowed)"). The program keeps \(current).")
  }

  /// What the variable takes, as the end of `allowed …`.
  public var allowed: String {
    switch kind {
    case .bool: "true or false"
    case .string: "any text"
    case .choice: choices.map(\.description).joined(separator: ", ")
    case .int: bounds { Int(exactly: $0).map(String.init) ?? $0.description } ?? "any integer"
    case .float: bounds(\.description) ?? "any finite number"
    }
  }

  /// The value in the variable's type, whatever the range; `nil` when it is of another type, nan or infinite.
  public func converted(_ value: Value) -> Value? {
    switch (kind, value) {
    case (.bool, .bool), (.string, .string), (.int, .int): value
    case (.int, .float(let float)): Int(exactly: float).map(Value.int)
    case (.float, .int(let integer)): .float(Double(integer))
    case (.float, .float(let float)): float.isFinite ? value : nil
    case (.choice, _): choices.first { isSame($0, value) }
    default: nil
    }
  }

  private func isInRange(_ value: Value) -> Bool {
    guard kind == .int || kind == .float, let number = value.number else { return true }
    return (minimum ?? -.infinity) <= number && number <= (maximum ?? .infinity)
  }

  /// 32 and 32.0 are the same choice; 1 and true are not.
  private func isSame(_ choice: Value, _ value: Value) -> Bool {
    switch (choice, value) {
    case (.int(let integer), .float(let float)), (.float(let float), .int(let integer)): Double(integer) == float
    default: choice == value
    }
  }

  private func bounds(_ text: (Double) -> String) -> String? {
    switch (minimum, maximum) {
    case (nil, nil): nil
    case (let low?, nil): "\(text(low)) or more"
    case (nil, let high?): "\(text(high)) or less"
    case (let low?, let high?): "\(text(low))...\(text(high))"
    }
  }
}
