import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// When attempts are stopped, and when the agent leaves.
extension Agent {
  /// Asks an attempt to end; its supervisor kills it after the grace period.
  func stop(_ id: AttemptID) {
    endPostponed(id)
    running[id]?.isAskedToEnd = true
    running[id]?.frozenTimes.end(at: monotonicNanoseconds())
    running[id]?.process?.signal(SIGTERM)
  }

  /// Ends every attempt, tells their endings, and leaves.
  func close() {
    guard !isClosing else { return }
    isClosing = true
    log.note("closing; \(running.count) attempts are asked to end")
    for id in running.keys { stop(id) }
    leaveIfClosed()
  }

  /// Leaves, when nothing runs any more and the controller, if there is one, has been told.
  func leaveIfClosed() {
    guard isClosing, isQuiet else { return }
    if session.isOpen { return session.wake() }
    leave()
  }

  /// Whether no process runs and everything is told, or cannot be kept: a full disk holds up nobody's leaving, and the next agent
  /// finds the endings again.
  var isQuiet: Bool { running.isEmpty || (!isHealthy && running.values.allSatisfy(\.isEnded)) }

  /// Without a controller and without an attempt the agent leaves after a while; what was not told stays in the spool.
  func restartIdleTime() {
    idleGeneration += 1
    let generation = idleGeneration
    guard running.isEmpty, !session.isOpen else { return }
    post(after: options.idleSeconds) { agent in
      guard agent.idleGeneration == generation, agent.running.isEmpty, !agent.session.isOpen else { return }
      agent.log.note("nothing runs and no controller has been here for \(agent.options.idleSeconds) s")
      agent.leave()
    }
  }

  /// Returns when the agent has nothing more to do.
  func untilLeaving() async {
    restartIdleTime()
    await withCheckedContinuation { continuation in
      onLeave = { continuation.resume() }
      leaveIfClosed()
    }
  }

  private func leave() {
    isClosing = true
    let onLeave = onLeave
    self.onLeave = nil
    onLeave?()
  }
}
