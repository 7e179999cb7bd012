import AttuneValues
import AttuneWire

/// How a slider shows the values.
public enum LiveScale: Sendable {
  case linear
  case log
}

/// When an accepted value takes effect.
public enum LiveApplies: Sendable {
  /// As soon as it is accepted.
  case immediately
  /// At the next `step(_:)`, so that one step sees one consistent set.
  case atStep
}

extension LiveVariable {
  /// Declares a variable of any type, without a range.
  /// - Parameters:
  ///   - tag: its name, unique in the program; a parameter of the same name in the experiment's configuration replaces `initial`.
  ///   - help: what it does, in a sentence.
  ///   - group: what it is shown together with.
  ///   - applies: when an accepted value takes effect.
  ///   - registry: where it is declared.
  ///   - validate: gives the reason why a value is refused, as the end of `'tag' = value refused: …`, or `nil`. Called on another thread.
  public convenience init(
    _ tag: String, _ initial: Scalar, help: String? = nil, group: String? = nil, applies: LiveApplies = .immediately,
    registry: LiveRegistry = .shared, validate: (@Sendable (Scalar) -> String?)? = nil
  ) {
    let descriptor = VariableDescriptor(
      tag: tag, kind: VariableDescriptor.Kind(rawValue: Scalar.liveKind) ?? .string, choices: Scalar.liveChoices, help: help, group: group,
      applies: applies == .atStep ? .atStep : .immediately)
    self.init(descriptor, initial, validate: validate, registry: registry)
  }
}

extension LiveVariable where Scalar: Numeric & Comparable {
  /// Declares a number.
  /// - Parameters:
  ///   - tag: its name, unique in the program; a parameter of the same name in the experiment's configuration replaces `initial`.
  ///   - range: what is accepted; `nil` for any finite number. An infinite end, of an `Int` its least or greatest value, is no bound.
  ///   - scale: how a slider shows it.
  ///   - step: the distance of two values on a slider; a hint, not checked.
  ///   - unit: e.g. `s`.
  ///   - help: what it does, in a sentence.
  ///   - group: what it is shown together with.
  ///   - applies: when an accepted value takes effect.
  ///   - registry: where it is declared.
  ///   - validate: gives the reason why a value is refused, as the end of `'tag' = value refused: …`, or `nil`. Called on another thread.
  /// - Precondition: `initial` is finite and in the range.
  public convenience init(
    _ tag: String, _ initial: Scalar, in range: ClosedRange<Scalar>?, scale: LiveScale = .linear, step: Double? = nil,
    unit: String? = nil, help: String? = nil, group: String? = nil, applies: LiveApplies = .immediately,
    registry: LiveRegistry = .shared, validate: (@Sendable (Scalar) -> String?)? = nil
  ) {
    precondition(range?.contains(initial) ?? true, "'\(tag)' starts at \(initial), outside its own range")
    let descriptor = VariableDescriptor(
      tag: tag, kind: VariableDescriptor.Kind(rawValue: Scalar.liveKind) ?? .float,
      minimum: range?.lowerBound.liveBound, maximum: range?.upperBound.liveBound,
      scale: scale == .log ? .log : .linear, step: step, unit: unit, help: help, group: group,
      applies: applies == .atStep ? .atStep : .immediately)
    self.init(descriptor, initial, validate: validate, registry: registry)
  }
}

extension LiveVariable where Scalar == String {
  /// Declares a choice among texts.
  /// - Parameters:
  ///   - tag: its name, unique in the program; a parameter of the same name in the experiment's configuration replaces `initial`.
  ///   - choices: what is accepted.
  ///   - help: what it does, in a sentence.
  ///   - group: what it is shown together with.
  ///   - applies: when an accepted value takes effect.
  ///   - registry: where it is declared.
  ///   - validate: gives the reason why one of them is refused now, or `nil`. Called on another thread.
  /// - Precondition: `initial` is one of them.
  public convenience init(
    _ tag: String, _ initial: String, choices: [String], help: String? = nil, group: String? = nil,
    applies: LiveApplies = .immediately, registry: LiveRegistry = .shared, validate: (@Sendable (String) -> String?)? = nil
  ) {
    precondition(choices.contains(initial), "'\(tag)' starts at '\(initial)', which is none of its choices")
    let descriptor = VariableDescriptor(
      tag: tag, kind: .choice, choices: choices.map(Value.string), help: help, group: group,
      applies: applies == .atStep ? .atStep : .immediately)
    self.init(descriptor, initial, validate: validate, registry: registry)
  }
}

extension LiveValue {
  /// The number, where it bounds anything.
  fileprivate var liveBound: Double? {
    switch liveScalar {
    case .int(.min), .int(.max): nil
    case .float(let float): float.isFinite ? float : nil
    case let scalar: scalar.number
    }
  }
}
