import AttuneWire

/// How a program is held at a step, and let go.
extension LiveRegistry {
  /// Asks for a pause, which takes effect at the next step.
  /// - Returns: the request's number.
  /// - Throws: `WireFailure` with `.refused` when there are too many already, or no descriptor to wait with.
  func hold(_ circumstances: Circumstances) throws(WireFailure) -> Int {
    try inner.withLock { inner throws(WireFailure) in
      if inner.gate == nil { inner.gate = try? Bell() }
      guard inner.gate != nil else {
        throw WireFailure(.refused, "'attune.pause' refused: the process has no descriptors left to wait with. The program goes on.")
      }
      let (number, told) = try inner.state.acceptPause(circumstances, step: step, time: wallClockSeconds())
      for change in told { inner.publish(change) }
      isWaitingForSteps.store(true, ordering: .relaxed)
      return number
    }
  }

  /// Ends a pause.
  /// - Returns: the request's number.
  func release(_ circumstances: Circumstances) -> Int {
    inner.withLock { inner in
      let (number, told) = inner.state.acceptResume(circumstances, step: step, time: wallClockSeconds())
      for change in told { inner.publish(change) }
      inner.openGate()
      return number
    }
  }

  /// Ends a pause because the program ends.
  func release() {
    inner.withLock { inner in
      inner.state.pause = Pause()
      inner.openGate()
    }
  }

  /// Waits until the pause ends. A signal's handler, of Ctrl-C or SIGTERM, may have asked the program to end: then the program
  /// must be let through to see it, and is held again at its next step.
  func hold(at gate: Bell) {
    while !gate.waitAsOneOfMany() {
      guard handlesBeingEnded else { continue }
      inner.withLock { inner in
        if inner.state.isHeld { inner.state.pause.standing = .interrupted }
      }
      return
    }
  }
}

extension Inner {
  fileprivate mutating func openGate() {
    gate?.ring()
    gate = nil
  }
}
