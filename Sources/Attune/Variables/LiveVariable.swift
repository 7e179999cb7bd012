import AttuneValues
import AttuneWire
import Synchronization

/// A value that people and rules can change while the program runs.
///
/// ```swift
/// let learningRate = LiveVariable("learning_rate", 0.1, in: 0...1)
/// while training { weights -= learningRate() * gradient }
/// ```
///
/// Reading is one atomic load, from any thread, without ever waiting: see Benchmarks/HotPath. Declare each once, as a global, a static
/// or a long-lived property. Not for values that must change together with others in the middle of a step: give those
/// `applies: .atStep` and call `step(_:)` once a step.
public final class LiveVariable<Scalar: LiveValue>: Sendable {
  /// Its name, unique in the program.
  public let tag: String
  @usableFromInline let bits: Atomic<UInt64>
  @usableFromInline let changeFlag = Atomic<Bool>(false)
  @usableFromInline let table: LiveTable<Scalar>
  /// Where it is declared.
  public let liveRegistry: LiveRegistry

  init(
    _ descriptor: VariableDescriptor, _ initial: Scalar, validate: (@Sendable (Scalar) -> String?)?, registry: LiveRegistry
  ) {
    tag = descriptor.tag
    table = Scalar.liveTable
    bits = Atomic(initial.liveBits(in: table))
    liveRegistry = registry
    let validator = validate.map { validate -> RegistryState.Variable.Validator in
      { scalar in Scalar.fromLiveScalar(scalar).flatMap(validate) }
    }
    let variable = RegistryState.Variable(descriptor: descriptor, initial: initial.liveScalar, validate: validator, holder: self)
    registry.declare(variable, of: self)
  }

  /// What it holds now.
  @inlinable public var value: Scalar { Scalar.fromLiveBits(bits.load(ordering: .relaxed), in: table) }

  /// What it holds now.
  @inlinable public func callAsFunction() -> Scalar { value }

  /// Whether it has been changed since the last time this was asked.
  @inlinable public func isChanged() -> Bool {
    // The hint keeps the exchange out of the loop's straight line: 0.17 ns against 0.35 in Benchmarks/HotPath.
    guard _slowPath(changeFlag.load(ordering: .relaxed)) else { return false }
    return changeFlag.exchange(false, ordering: .acquiring)
  }

  /// Changes it from within the program, at once; recorded like any change, with the number 0 and by `program`.
  /// - Throws: `LiveError` when the range or the validator refuses; the variable keeps its value.
  public func set(_ newValue: Scalar) throws(LiveError) {
    try liveRegistry.change { $0.set(self, newValue) }
  }
}

extension LiveVariable: ValueHolder {
  func hold(_ value: Value, isStart: Bool) {
    guard let value = Scalar.fromLiveScalar(value) else { return }
    bits.store(value.liveBits(in: table), ordering: .relaxed)
    if !isStart { changeFlag.store(true, ordering: .releasing) }
  }
}

/// Why a value was refused, in one line.
public struct LiveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `'lr' = 3.0 refused: allowed 0.0...1.0. The program keeps 0.1.`
  public let message: String
  /// The message.
  public var description: String { message }
}
