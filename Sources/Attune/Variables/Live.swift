/// A live variable as a property of a type: it reads as a plain value, and its `LiveVariable` is behind the dollar sign.
///
/// ```swift
/// struct Trainer {
///   @Live("learning_rate", in: 0...1, scale: .log) var learningRate = 0.1
///   func descend() { weights -= learningRate * gradient }
/// }
/// if trainer.$learningRate.isChanged() { … }
/// ```
///
/// Instances of one type share the variable, as all do that declare its tag. To set it, use `$learningRate.set(_:)`, which can be refused. Not
/// for globals and statics, which Swift wants immutable: there, `static let learningRate = LiveVariable(…)`.
@propertyWrapper
public struct Live<Scalar: LiveValue>: Sendable {
  /// The variable.
  public let projectedValue: LiveVariable<Scalar>

  /// What it holds now: one atomic load, as from the variable itself.
  @inlinable public var wrappedValue: Scalar { projectedValue.value }

  /// Declares a variable of any type, without a range. The parameters are those of `LiveVariable`.
  public init(
    wrappedValue: Scalar, _ tag: String, help: String? = nil, group: String? = nil, applies: LiveApplies = .immediately,
    registry: LiveRegistry = .shared, validate: (@Sendable (Scalar) -> String?)? = nil
  ) {
    projectedValue = LiveVariable(
      tag, wrappedValue, help: help, group: group, applies: applies, registry: registry, validate: validate)
  }
}

extension Live where Scalar: Numeric & Comparable {
  /// Declares a number. The parameters are those of `LiveVariable`.
  /// - Precondition: the initial value is finite and in the range.
  public init(
    wrappedValue: Scalar, _ tag: String, in range: ClosedRange<Scalar>?, scale: LiveScale = .linear, step: Double? = nil,
    unit: String? = nil, help: String? = nil, group: String? = nil, applies: LiveApplies = .immediately,
    registry: LiveRegistry = .shared, validate: (@Sendable (Scalar) -> String?)? = nil
  ) {
    projectedValue = LiveVariable(
      tag, wrappedValue, in: range, scale: scale, step: step, unit: unit, help: help, group: group, applies: applies,
      registry: registry, validate: validate)
  }
}

extension Live where Scalar == String {
  /// Declares a choice among texts. The parameters are those of `LiveVariable`.
  /// - Precondition: the initial value is one of them.
  public init(
    wrappedValue: String, _ tag: String, choices: [String], help: String? = nil, group: String? = nil,
    applies: LiveApplies = .immediately, registry: LiveRegistry = .shared, validate: (@Sendable (String) -> String?)? = nil
  ) {
    projectedValue = LiveVariable(
      tag, wrappedValue, choices: choices, help: help, group: group, applies: applies, registry: registry, validate: validate)
  }
}
