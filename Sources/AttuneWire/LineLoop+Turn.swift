#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The turn of the loop: wait, move bytes under the lock, then call the handler without it.
extension LineLoop {
  func run() {
    thread.store(threadNumber(), ordering: .relaxed)
    while let plan = nextPlan() {
      // Who is told of a peer's end may ask for something: then the bell has rung.
      for peer in plan.gone { handle(.closed(peer)) }
      var entries = plan.entries
      if poll(&entries, nfds_t(entries.count), plan.wakeAt?.millisecondsLeft ?? -1) > 0 {
        if entries[0].revents != 0 { bell.silence() }
        accept(from: entries[1..<(1 + plan.listenerCount)])
        for (peer, entry) in zip(plan.peers, entries[(1 + plan.listenerCount)...]) where entry.revents != 0 { serve(peer, entry.revents) }
      }
      for timer in state.withLock({ $0.takeDueTimers() }) { timer.action() }
    }
    for descriptor in state.withLock({ $0.removeAll() }) { descriptor.close() }
  }

  /// Whom to wait for, and until when.
  private struct Plan {
    var entries: [pollfd]
    var listenerCount = 0
    var peers: [Peer] = []
    /// Peers that are finished, broken or too late, and closed already.
    var gone: [Peer] = []
    var wakeAt: Moment?

    mutating func wake(at moment: Moment?) {
      if let moment { wakeAt = min(wakeAt ?? moment, moment) }
    }
  }

  /// - Returns: `nil` when the loop is stopped.
  private func nextPlan() -> Plan? {
    let now = Moment.now
    return state.withLock { state in
      guard !state.isStopping else { return nil }
      var plan = Plan(entries: [pollfd(fd: bell.hearing.raw, events: Int16(POLLIN), revents: 0)])
      plan.listenerCount = state.listeners.count
      for index in state.listeners.indices {
        if let moment = state.listeners[index].pausedUntil, moment <= now { state.listeners[index].pausedUntil = nil }
        let listener = state.listeners[index]
        plan.wake(at: listener.pausedUntil)
        // poll passes over a negative descriptor.
        plan.entries.append(pollfd(fd: listener.pausedUntil == nil ? listener.descriptor.raw : -1, events: Int16(POLLIN), revents: 0))
      }
      for connection in state.peers.values {
        guard !connection.isOver(at: now) else {
          state.remove(connection)
          plan.gone.append(connection.peer)
          continue
        }
        plan.wake(at: connection.deadline)
        let reading = connection.isFinishing ? 0 : POLLIN
        let writing = connection.outgoing.isEmpty ? 0 : POLLOUT
        plan.entries.append(pollfd(fd: connection.descriptor.raw, events: Int16(reading) | Int16(writing), revents: 0))
        plan.peers.append(connection.peer)
      }
      for timer in state.timers { plan.wake(at: timer.moment) }
      return plan
    }
  }

  private func serve(_ peer: Peer, _ ready: Int16) {
    let pieces = state.withLock { state -> [LineFramer.Piece] in
      guard let connection = state.peers[peer] else { return [] }
      let pieces = state.chunk.withUnsafeMutableBytes { connection.take(ready, through: $0, patience: limits.patience) }
      state.isBatching = pieces.count > 1
      return pieces
    }
    for piece in pieces {
      switch piece {
      case .line(let bytes): handle(.line(peer, bytes))
      case .tooLong: refuseLongLine(of: peer)
      }
    }
    if pieces.count > 1 { endBatch() }
  }

  private func endBatch() {
    state.withLock { state in
      state.isBatching = false
      for connection in state.corked where connection.isCorked { connection.flush() }
      state.corked = []
    }
  }
}
