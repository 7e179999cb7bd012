import AttuneValues
import AttuneWire

/// What variables and triggers ask of their registry.
extension LiveRegistry {
  func declare(_ variable: RegistryState.Variable, sink: @escaping RegistryState.Sink) -> Value {
    let (start, problem) = inner.withLock { inner in
      self.start(&inner)
      let result = inner.state.declare(variable, sink: sink)
      announce(&inner)
      return result
    }
    if let problem { warn(problem) }
    return start
  }

  func declareTrigger(_ tag: String) -> TriggerCell {
    inner.withLock { inner in
      start(&inner)
      let cell = inner.state.declareTrigger(tag)
      announce(&inner)
      return cell
    }
  }

  func set(tag: String, to value: Value) throws(WireFailure) {
    let checked = try check([tag: value])
    inner.withLock { inner in
      inner.publish(inner.state.applyOwn(checked, step: step, time: wallClockSeconds()))
    }
  }

  func consumed(trigger tag: String) {
    inner.withLock { inner in
      for change in inner.state.consume(tag, step: step, time: wallClockSeconds()) { inner.publish(change) }
    }
  }

  /// The values as the variables hold them. A validator is a stranger's code: it runs outside the lock.
  func check(_ values: [String: Value]) throws(WireFailure) -> [String: Value] {
    let variables = try inner.withLock { inner throws(WireFailure) in try inner.state.find(values.keys) }
    var checked: [String: Value] = [:]
    for (tag, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let variable = variables[tag] else { continue }
      let accepted = try variable.descriptor.accepting(value, current: variable.value)
      if let reason = variable.validate(accepted) {
        throw variable.descriptor.refusal(of: value, current: variable.value, reason: reason)
      }
      checked[tag] = accepted
    }
    return checked
  }

  /// Tells what is declared, once for all that is declared within a few milliseconds.
  private func announce(_ inner: inout Inner) {
    guard let loop = inner.loop, !inner.isAnnouncementDue else { return }
    inner.isAnnouncementDue = true
    loop.after(.milliseconds(5)) { [weak self] in
      self?.inner.withLock { inner in
        inner.isAnnouncementDue = false
        inner.publishDeclaration()
      }
    }
  }
}
