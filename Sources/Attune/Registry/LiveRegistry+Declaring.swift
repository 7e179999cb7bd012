import AttuneValues
import AttuneWire

/// What variables and triggers ask of their registry.
extension LiveRegistry {
  func declare(_ variable: RegistryState.Variable, of holder: any ValueHolder) {
    let tag = variable.descriptor.tag
    precondition(!ReservedTag.isReserved(tag), "'\(tag)': names that begin with 'attune.' are Attune's own")
    let (problem, claimed) = inner.withLock { inner in
      start(&inner)
      let problem = inner.state.declare(variable, of: holder)
      announce(&inner)
      return (problem, inner.state.claimSchedule(for: tag))
    }
    if let problem { warn(problem) }
    if !claimed.isEmpty { settleSchedule(claimed) }
  }

  func declareTrigger(_ tag: String, isCounted: Bool) -> TriggerCell {
    precondition(
      !ReservedTag.isReserved(tag) || ReservedTag(rawValue: tag)?.isDeclaredByPrograms ?? false,
      "'\(tag)': of the names that begin with 'attune.' a program declares attune.suspend, attune.checkpoint and attune.evaluate only")
    let (cell, problem) = inner.withLock { inner in
      start(&inner)
      let declared = inner.state.declareTrigger(tag, isCounted: isCounted)
      for change in inner.state.followSchedule(step: step, time: wallClockSeconds()) { inner.publish(change) }
      announce(&inner)
      return declared
    }
    if let problem { warn(problem) }
    return cell
  }

  /// Checks lines of the schedule as if they were asked for, now that all they name is declared; what is due already takes effect.
  private func settleSchedule(_ claimed: [(place: Int, entry: Schedule.Entry)]) {
    var settled: [(place: Int, values: [String: Value]?)] = []
    for (place, entry) in claimed {
      do {
        settled.append((place, try check(entry.line.values)))
      } catch {
        warnOfSchedule((entry.number, error.message))
        settled.append((place, nil))
      }
    }
    changing { inner in
      for (place, values) in settled { inner.state.schedule.settle(place, values) }
      for change in inner.state.followSchedule(step: step, time: wallClockSeconds()) { inner.publish(change) }
    }
  }

  func warnOfSchedule(_ problem: (line: Int, message: String)) {
    warn(Schedule.problem(problem.message, line: problem.line, of: environment.replayPath ?? ""))
  }

  /// - Returns: what was consumed, oldest first; empty when the trigger had not fired.
  func consume(trigger tag: String) -> [ChangeNotice] {
    guard isHome else { return [] }
    return changing { inner in
      let consumed = inner.state.consume(tag, step: step, time: wallClockSeconds())
      for change in consumed { inner.publish(change) }
      return consumed
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
