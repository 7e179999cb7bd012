#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How strangers are let in: as many as the loop has room for, and the others are hung up on instead of being left to wait.
extension LineLoop {
  func accept(from entries: ArraySlice<pollfd>) {
    for entry in entries where entry.revents != 0 {
      // So many at most: those who have come before are served in between.
      for _ in 0..<64 { guard acceptOne(at: entry.fd) else { break } }
    }
  }

  private enum Arrival {
    case opened(Peer, at: SocketAddress, insteadOf: Peer?)
    case refused
    case nobody
  }

  /// - Returns: whether another may be waiting.
  private func acceptOne(at raw: Int32) -> Bool {
    switch state.withLock({ arrival(at: raw, &$0) }) {
    case .nobody: return false
    case .refused: return true
    case .opened(let peer, let address, let evicted):
      if let evicted { handle(.closed(evicted)) }
      handle(.opened(peer, at: address))
      return true
    }
  }

  private func arrival(at raw: Int32, _ state: inout LoopState) -> Arrival {
    guard let index = state.listeners.firstIndex(where: { $0.descriptor.raw == raw }) else { return .nobody }
    switch state.listeners[index].descriptor.accepted() {
    case .none: return .nobody
    case .noDescriptors: return refusal(at: index, &state)
    case .peer(let descriptor):
      let silent = state.peers.count < limits.peers ? nil : state.mostSilent
      if let silent { state.remove(silent) }
      guard state.peers.count < limits.peers else {
        descriptor.close()
        return .refused
      }
      let peer = state.add(descriptor, lineLimit: limits.line, deadline: .after(limits.patience))
      return .opened(peer, at: state.listeners[index].address, insteadOf: silent?.peer)
    }
  }

  /// The process has no descriptor left. Asking again at once would spin, and whoever is left at the door would wait: the next one is let in
  /// through the spare place, and out again.
  private func refusal(at index: Int, _ state: inout LoopState) -> Arrival {
    state.spare?.close()
    defer { state.spare = .placeholder() }
    switch state.listeners[index].descriptor.accepted() {
    case .peer(let stranger):
      stranger.close()
      return .refused
    case .none: return .nobody
    case .noDescriptors:
      state.listeners[index].pausedUntil = .after(.milliseconds(100))
      return .nobody
    }
  }
}
