import AttuneValues
import AttuneWire

/// The original LiveTune's clients, when `ATTUNE_LIVETUNE_PORT` lets them in: Docs/LiveTune.md.
extension LiveRegistry {
  /// Serves them, where the environment asks for it. A failure is told once, and the program goes on.
  func startLiveTune(_ inner: inout Inner) {
    guard let text = environment.liveTunePort else { return }
    guard let port = UInt16(text) else {
      return warn("ATTUNE_LIVETUNE_PORT: '\(text)' is no port; allowed 0...65535. LiveTune's clients cannot reach the program.")
    }
    do {
      let server = try LiveTuneServer(port: Int(port), program: LiveTuneSide(registry: self))
      inner.liveTune = server
      sayOnStandardError(server.announcement)
      if !server.knowsItsClients {
        warn("livetune: the system does not tell whose a connection is: every user of this machine can change the program's variables.")
      }
    } catch {
      warn("ATTUNE_LIVETUNE_PORT: \(error). LiveTune's clients cannot reach the program.")
    }
  }
}

/// The registry as `LiveTuneServer` sees it.
private struct LiveTuneSide: LiveTuneProgram {
  weak let registry: LiveRegistry?

  func kind(of tag: String) throws(WireFailure) -> LiveTuneKind {
    let found = registry?.inner.withLock { inner -> LiveTuneKind? in
      if let variable = inner.state.variables[tag] { return LiveTuneKind(variable.descriptor) }
      return inner.state.triggers[tag].map { _ in .trigger }
    }
    guard let kind = found else { throw WireFailure(.unknownTag, "unknown variable or trigger '\(tag)'. Nothing was changed.") }
    return kind
  }

  func change(_ tag: String, to value: Value) throws(WireFailure) {
    try ask(LiveMethod.setVariables, ["by": "livetune", "values": .object([tag: value.json])])
  }

  func fire(_ tag: String) throws(WireFailure) {
    try ask(LiveMethod.fireTrigger, ["by": "livetune", "trigger": .string(tag)])
  }

  func refused(_ problem: String) { registry?.warn("livetune: \(problem)") }

  /// Several ranks decide among themselves; the original's clients wait for no answer.
  private func ask(_ method: String, _ parameters: JSON) throws(WireFailure) {
    guard let registry else { return }
    let loop = registry.inner.withLock { $0.loop }
    if let loop, try registry.askRanks(method, parameters, id: .null, from: .nobody, on: loop) { return }
    try registry.answer(method, parameters, from: .nobody) { _ in }
  }
}
