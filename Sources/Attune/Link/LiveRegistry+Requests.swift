import AttuneValues
import AttuneWire

/// The requests of the live protocol: Docs/Protocol.md.
extension LiveRegistry {
  /// Answers a request by calling `reply` once, or throws what to refuse it with.
  func answer(
    _ method: String, _ parameters: JSON, from peer: Peer, reply: (JSON) -> Void
  ) throws(WireFailure) {
    switch method {
    case LiveMethod.hello:
      reply(identity.json)
    case LiveMethod.listVariables: reply(inner.withLock { $0.state.declaration.json })
    case LiveMethod.getVariables: reply(try values(parameters))
    case LiveMethod.setVariables: try set(SetRequest(json: parameters), from: peer, reply)
    case LiveMethod.fireTrigger: try fire(FireRequest(json: parameters), from: peer, reply)
    case LiveMethod.pauseProgram: try pause(Circumstances(json: parameters), from: peer, reply)
    case LiveMethod.resumeProgram: resume(try Circumstances(json: parameters), from: peer, reply)
    case LiveMethod.subscribeToReports: subscribeToReports(from: try start(of: parameters), peer, reply)
    case LiveMethod.subscribeToChanges: subscribeToChanges(from: try start(of: parameters), peer, reply)
    default: throw WireFailure(.unknownMethod, "unknown method '\(method)'. Nothing was changed.")
    }
  }

  private var identity: ProgramIdentity {
    let (warmup, isPaused) = inner.withLock { ($0.warmup, $0.state.isHeld) }
    return ProgramIdentity(
      name: environment.name, pid: owner, step: step, attempt: environment.attempt, began: age.began, warmup: warmup,
      energy: energy.read(), isPaused: isPaused, ranks: ranks)
  }

  private func values(_ parameters: JSON) throws(WireFailure) -> JSON {
    let tags = parameters["tags"]?.array?.compactMap(\.string)
    let found = try inner.withLock { inner throws(WireFailure) in try inner.state.find(tags ?? inner.state.tags) }
    return ["step": .int(step), "values": .object(found.mapValues(\.value.json))]
  }

  private func set(_ request: SetRequest, from peer: Peer, _ reply: (JSON) -> Void) throws(WireFailure) {
    if repeated(request.circumstances, peer, reply) { return }
    let checked = try check(request.values)
    let number = try changing { inner throws(WireFailure) in
      let (number, change) = try inner.state.accept(checked, request.circumstances, step: step, time: wallClockSeconds())
      if let change { inner.publish(change) }
      return number
    }
    reply(request.circumstances.accepted(as: number))
  }

  private func fire(_ request: FireRequest, from peer: Peer, _ reply: (JSON) -> Void) throws(WireFailure) {
    switch ReservedTag(rawValue: request.trigger) {
    case .pause: return try pause(request.circumstances, from: peer, reply)
    case .resume: return resume(request.circumstances, from: peer, reply)
    default: break
    }
    if repeated(request.circumstances, peer, reply) { return }
    _ = try check(LoadPayload.values(of: request.trigger, request.payload))
    let number = try changing { inner throws(WireFailure) in try inner.state.fire(request, step: step) }
    reply(request.circumstances.accepted(as: number))
  }

  private func pause(_ circumstances: Circumstances, from peer: Peer, _ reply: (JSON) -> Void) throws(WireFailure) {
    if repeated(circumstances, peer, reply) { return }
    reply(circumstances.accepted(as: try hold(circumstances)))
  }

  private func resume(_ circumstances: Circumstances, from peer: Peer, _ reply: (JSON) -> Void) {
    if repeated(circumstances, peer, reply) { return }
    reply(circumstances.accepted(as: release(circumstances)))
  }

  /// Whether that number was accepted before: then it is answered again, and its effect told to the asker once more.
  func repeated(_ circumstances: Circumstances, _ peer: Peer, _ reply: (JSON) -> Void) -> Bool {
    guard let number = circumstances.number else { return false }
    return inner.withLock { inner in
      guard inner.state.accepted.contains(number) else { return false }
      reply(circumstances.accepted(as: number))
      if let change = inner.state.change(numbered: number), change.n < inner.held.first ?? .max {
        inner.notify(LiveMethod.changed, change.json, [peer])
      }
      return true
    }
  }

  private func start(of parameters: JSON) throws(WireFailure) -> Int {
    let number = parameters["from"] ?? 1
    guard let first = number.int, first > 0 else {
      throw WireFailure(.invalidParameters, "\"from\" is the number of the first one wanted, from 1; got \(number.text)")
    }
    return first
  }

  private func subscribeToReports(from first: Int, _ peer: Peer, _ reply: (JSON) -> Void) {
    inner.withLock { inner in
      let log = inner.state.reports
      reply(["from": .int(max(first, log.first)), "last": .int(log.last)])
      for report in log.from(first) { inner.notify(LiveMethod.reported, report.json, [peer]) }
      inner.reportReaders.insert(peer)
    }
  }

  private func subscribeToChanges(from first: Int, _ peer: Peer, _ reply: (JSON) -> Void) {
    inner.withLock { inner in
      let log = inner.state.changes
      reply(["from": .int(max(first, log.first)), "last": .int(log.last)])
      for change in inner.tellable(from: first) { inner.notify(LiveMethod.changed, change.json, [peer]) }
      inner.changeReaders.insert(peer)
    }
  }
}

extension Circumstances {
  fileprivate func accepted(as number: Int) -> JSON { Acceptance(number: number, by: by ?? "unknown").json }
}
