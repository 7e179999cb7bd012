import AttuneValues
import AttuneWire

/// What happens around every change of the state.
extension LiveRegistry {
  /// Changes the state under the lock. Afterwards, outside of it, what is derived from changed variables is calculated again.
  func changing<Result: Sendable, Failure: Error>(
    _ body: (inout sending Inner) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (result, stale) = try inner.withLock { inner throws(Failure) in
      let result = try body(&inner)
      isWaitingForSteps.store(inner.state.isWaitingForSteps, ordering: .relaxed)
      return (result, inner.state.takeStale())
    }
    let gone = stale.filter { !$0.refresh() }.map(\.id)
    if !gone.isEmpty { inner.withLock { inner in inner.state.derivations.removeAll { gone.contains($0.id) } } }
    return result
  }

  /// Remembers a calculated value.
  /// - Returns: whether it is out of date already, because something has changed since that version.
  func derive(from tags: Set<String>, version: Int, refresh: @escaping @Sendable () -> Bool) -> Bool {
    inner.withLock { inner in
      inner.state.derive(from: tags, refresh: refresh)
      return inner.state.version != version
    }
  }

  /// Reads several variables at one moment.
  func consistently<Result: Sendable>(_ read: () -> Result) -> (version: Int, result: Result) {
    inner.withLock { inner in (inner.state.version, read()) }
  }

  /// All variables at one moment: what one step works with, while changes go on.
  /// - Complexity: O(1); the first change after it copies, once, what the registry knows of its variables.
  public func snapshot() -> LiveSnapshot {
    inner.withLock { inner in LiveSnapshot(step: step, variables: inner.state.variables) }
  }

  /// Changes several variables at once, from within the program: all or none, recorded as one change, with the number 0 and by `program`.
  ///
  /// ```swift
  /// try registry.change(reason: "plateau") { $0.set(rate, 0.01); $0.set(momentum, 0.95) }
  /// ```
  /// - Throws: `LiveError` when a range or a validator refuses one of them; then nothing is changed.
  public func change(reason: String? = nil, _ describe: (inout LiveChange) -> Void) throws(LiveError) {
    var change = LiveChange()
    describe(&change)
    guard !change.values.isEmpty else { return }
    do throws(WireFailure) {
      let checked = try check(change.values)
      changing { inner in
        inner.publish(inner.state.applyOwn(checked, reason: reason, step: step, time: wallClockSeconds()))
      }
    } catch {
      throw LiveError(message: error.message)
    }
  }
}

/// Values for several variables, to be taken over together.
public struct LiveChange: Sendable {
  private(set) var values: [String: Value] = [:]

  /// Says what a variable shall hold.
  public mutating func set<Scalar: LiveValue>(_ variable: LiveVariable<Scalar>, _ value: Scalar) {
    values[variable.tag] = value.liveScalar
  }
}

/// The values of all variables at one moment.
public struct LiveSnapshot: Sendable {
  /// The steps completed then.
  public let step: Int
  private let variables: [String: RegistryState.Variable]

  init(step: Int, variables: [String: RegistryState.Variable]) {
    self.step = step
    self.variables = variables
  }

  /// By tag, e.g. to be logged.
  public var values: [String: Value] { variables.mapValues(\.value) }

  /// What the variable held then; what it holds now, when it was declared later.
  public subscript<Scalar: LiveValue>(variable: LiveVariable<Scalar>) -> Scalar {
    variables[variable.tag].flatMap { Scalar.fromLiveScalar($0.value) } ?? variable.value
  }
}
