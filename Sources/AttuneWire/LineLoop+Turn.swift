#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The turn of the loop: wait, move bytes under the lock, then call the handler without it.
extension LineLoop {
  func run() {
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
      while let plan = nextPlan() {
        var entries = plan.entries
        let timeout = plan.wakeAt?.millisecondsLeft ?? -1
        let count = poll(&entries, nfds_t(entries.count), timeout)
        if count > 0 {
          if entries[0].revents != 0 { bell.silence() }
          accept(from: entries[1..<(1 + plan.listenerCount)])
          for (peer, entry) in zip(plan.peers, entries[(1 + plan.listenerCount)...]) where entry.revents != 0 {
            serve(peer, entry.revents, buffer)
          }
        }
        for timer in state.withLock({ $0.takeDueTimers() }) { timer.action() }
        sweep()
      }
    }
    let left = state.withLock { state in
      let descriptors = state.peers.values.map(\.descriptor) + state.listeners.map(\.descriptor)
      (state.peers, state.listeners, state.timers) = ([:], [], [])
      return descriptors
    }
    for descriptor in left { descriptor.close() }
  }

  private struct Plan {
    var entries: [pollfd]
    var listenerCount = 0
    var peers: [Peer] = []
    var wakeAt: Moment?
  }

  /// Whom to wait for; `nil` when the loop is stopped.
  private func nextPlan() -> Plan? {
    state.withLock { state in
      guard !state.isStopping else { return nil }
      var plan = Plan(entries: [pollfd(fd: bell.hearing.raw, events: Int16(POLLIN), revents: 0)])
      plan.wakeAt = state.nextMoment
      plan.listenerCount = state.listeners.count
      for listener in state.listeners {
        // poll passes over a negative descriptor.
        let raw = listener.pausedUntil == nil ? listener.descriptor.raw : -1
        plan.entries.append(pollfd(fd: raw, events: Int16(POLLIN), revents: 0))
      }
      for (peer, connection) in state.peers {
        let reading = connection.isFinishing ? 0 : POLLIN
        let writing = connection.outgoing.isEmpty ? 0 : POLLOUT
        plan.entries.append(pollfd(fd: connection.descriptor.raw, events: Int16(reading) | Int16(writing), revents: 0))
        plan.peers.append(peer)
      }
      return plan
    }
  }

  private func accept(from entries: ArraySlice<pollfd>) {
    for entry in entries where entry.revents != 0 {
      let opened = state.withLock { state -> (Peer, SocketAddress)? in
        guard let index = state.listeners.firstIndex(where: { $0.descriptor.raw == entry.fd }) else { return nil }
        switch state.listeners[index].descriptor.accepted() {
        case .none: return nil
        case .noDescriptors:
          state.listeners[index].pausedUntil = .after(.milliseconds(100))
          return nil
        case .peer(let descriptor):
          guard state.peers.count < limits.peers else {
            descriptor.close()
            return nil
          }
          let peer = state.add(descriptor, lineLimit: limits.line, deadline: .after(limits.patience))
          return (peer, state.listeners[index].address)
        }
      }
      if let (peer, address) = opened { handle(.opened(peer, at: address)) }
    }
  }

  private func serve(_ peer: Peer, _ ready: Int16, _ buffer: UnsafeMutableRawBufferPointer) {
    let pieces = state.withLock { state -> [LineFramer.Piece] in
      guard var connection = state.peers[peer] else { return [] }
      defer { state.peers[peer] = connection }
      if ready & Int16(POLLOUT) != 0, !connection.outgoing.flush(to: connection.descriptor) { connection.isBroken = true }
      if ready & Int16(POLLERR | POLLNVAL) != 0 { connection.isBroken = true }
      guard !connection.isFinishing else {
        // Hung up altogether while something waits to be sent: nobody will take it.
        if ready & Int16(POLLHUP) != 0 { connection.isBroken = true }
        return []
      }
      guard ready & Int16(POLLIN | POLLHUP) != 0 else { return [] }
      switch connection.descriptor.receive(into: buffer) {
      case .wouldBlock: return []
      case .ended:
        connection.isFinishing = true
        return []
      case .moved(let count):
        let pieces = connection.framer.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if connection.isAccepted { renewDeadline(&connection, hadLine: !pieces.isEmpty) }
        return pieces
      }
    }
    for piece in pieces {
      switch piece {
      case .line(let bytes): handle(.line(peer, bytes))
      case .tooLong: refuseLongLine(of: peer)
      }
    }
  }

  /// A peer between two lines may stay silent: it may be a subscriber. One inside a line may not.
  private func renewDeadline(_ connection: inout Connection, hadLine: Bool) {
    if !connection.framer.isInsideLine {
      if hadLine { connection.deadline = nil }
    } else if hadLine || connection.deadline == nil {
      connection.deadline = .after(limits.patience)
    }
  }

  /// Closes who is finished, broken or too late, and opens paused listeners again.
  private func sweep() {
    let now = Moment.now
    let gone = state.withLock { state -> [Peer] in
      for index in state.listeners.indices {
        if let moment = state.listeners[index].pausedUntil, moment <= now { state.listeners[index].pausedUntil = nil }
      }
      let gone = state.peers.filter { _, connection in
        connection.isBroken || (connection.isFinishing && connection.outgoing.isEmpty) || (connection.deadline.map { $0 <= now } ?? false)
      }
      for (peer, connection) in gone {
        connection.descriptor.close()
        state.peers[peer] = nil
      }
      return gone.keys.sorted { $0.number < $1.number }
    }
    for peer in gone { handle(.closed(peer)) }
  }
}
