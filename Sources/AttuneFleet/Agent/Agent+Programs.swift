import AttuneCore
import AttuneValues
import AttuneWire

/// Programs that embed a client library and dial the agent (Docs/Protocol.md).
extension Agent {
  /// Listens for programs.
  func openHub() throws(WireError) {
    let hub = try LineLoop(name: "attune-hub") { [weak self] _, event in
      self?.post { agent in agent.hear(event) }
    }
    try hub.listen(at: .unix(path: options.hub))
    self.hub = hub
  }

  /// Hangs up on everybody.
  func closeHub() { hub?.stop() }

  /// Hangs up on a program and takes it for gone.
  func hangUp(_ peer: Peer) {
    hub?.close(peer)
    programLeft(peer)
  }

  /// Tells the controller what can be changed in the attempt's programs.
  func mirror(_ id: AttemptID) {
    guard let attempt = running[id] else { return }
    for program in attempt.programs.values { tell(program, of: attempt, isConnected: true) }
  }

  /// Tells programs which of their reports are kept for good.
  func acknowledgePrograms(_ entries: [ProtoSpoolEntry]) {
    for entry in entries {
      guard case .program(let position) = entry.source, case .reported = entry.notice.kind, let id = entry.notice.attempt else { continue }
      guard let peer = running[id]?.programs.first(where: { $0.value.pid == Int(position.pid) })?.key else { continue }
      acknowledge(Int(position.report), to: peer)
    }
  }

  private func hear(_ event: LineLoop.Event) {
    switch event {
    case .opened: break
    case .closed(let peer): programLeft(peer)
    case .line(let peer, let bytes):
      do throws(WireFailure) {
        try hear(try WireMessage(parsing: bytes), from: peer)
      } catch {
        hub?.send(WireMessage.failure(id: .null, error).json, to: peer)
      }
    }
  }

  private func hear(_ message: WireMessage, from peer: Peer) throws(WireFailure) {
    switch message {
    case .request(let id, LiveMethod.hello, let parameters): greet(peer, id, parameters)
    case .request(let id, let method, _):
      let failure = WireFailure(.unknownMethod, "'\(method)' is not asked of an agent; it knows '\(LiveMethod.hello)'")
      hub?.send(WireMessage.failure(id: id, failure).json, to: peer)
    case .notification(let method, let parameters):
      guard let id = attemptOfPeer[peer], let attempt = running[id] else { return }
      switch method {
      case LiveMethod.declared: declared(try Declaration(json: parameters), by: peer, of: attempt)
      case LiveMethod.reported:
        reported(try ReportNotice(json: parameters), warmup: parameters["warmup"]?.double, by: peer, of: attempt)
      case LiveMethod.changed: changed(try ChangeNotice(json: parameters), parameters, by: peer, of: attempt)
      default: break
      }
    case .result: break
    case .failure(let id, let failure):
      guard let attempt = attemptOfPeer[peer].flatMap({ running[$0] }), let number = id.int else { return }
      refuse(number, of: attempt, failure.message)
    }
  }

  private func greet(_ peer: Peer, _ requestID: JSON, _ parameters: JSON) {
    do throws(WireFailure) {
      let answer = try admit(try ProgramGreeting(json: parameters), peer)
      hub?.send(WireMessage.result(id: requestID, answer.json).json, to: peer)
    } catch {
      hub?.send(WireMessage.failure(id: requestID, error).json, to: peer)
    }
  }

  /// Numbers of reports count within one process, so that several processes of an attempt can report.
  private func admit(_ greeting: ProgramGreeting, _ peer: Peer) throws(WireFailure) -> GreetingAnswer {
    guard let id = AttemptID(greeting.attempt), let attempt = running[id], !attempt.isEnded, greeting.token == attempt.token else {
      throw WireFailure(.refused, "attempt '\(greeting.attempt)' does not run here, or the token is not its own; the program runs untuned")
    }
    guard isHealthy else { throw WireFailure(.notReachable, "the agent's disk takes nothing at the moment; try again later") }
    let known = ledger.attempts[id]?.programs.first { Int($0.pid) == greeting.pid }
    for (old, program) in attempt.programs where program.pid == greeting.pid { hangUp(old) }
    attempt.programs[peer] = ConnectedProgram(
      pid: greeting.pid, name: greeting.name, report: Int(known?.report ?? 0), change: Int(known?.change ?? 0),
      clockStart: known?.clockStart)
    attemptOfPeer[peer] = id
    mirror(id)
    return GreetingAnswer(acknowledged: Int(known?.report ?? 0), changes: Int(known?.change ?? 0))
  }

  private func programLeft(_ peer: Peer) {
    guard let id = attemptOfPeer.removeValue(forKey: peer), let attempt = running[id] else { return }
    guard let program = attempt.programs.removeValue(forKey: peer) else { return }
    tell(program, of: attempt, isConnected: false)
    if attempt.isEnded { return settle(id) }
    for (number, change) in attempt.changes where change.peer == peer { awaitProgram(for: number, of: attempt) }
  }

  private func declared(_ declaration: Declaration, by peer: Peer, of attempt: RunningAttempt) {
    attempt.programs[peer]?.declaration = declaration
    if let program = attempt.programs[peer] { tell(program, of: attempt, isConnected: true) }
    handOverWaitingChanges(of: attempt)
  }

  private func reported(_ report: ReportNotice, warmup: Double?, by peer: Peer, of attempt: RunningAttempt) {
    guard var program = attempt.programs[peer] else { return }
    guard report.n > program.report else { return isHealthy ? acknowledge(program.report, to: peer) : () }
    let clockStart = program.clockStart ?? max(0, attempt.age - report.elapsed)
    program.clockStart = clockStart
    program.report = report.n
    attempt.programs[peer] = program
    attempt.step = report.step
    publish([
      .with { entry in
        entry.notice.reported = .with {
          $0.attempt = attempt.id.description
          $0.step = UInt64(report.step)
          $0.metrics = report.metrics
          $0.elapsed = attempt.active(at: clockStart + report.elapsed)
          if let warmup { $0.warmup = warmup }
          $0.checkpointed = attempt.checkpoint.hasChanged(by: clockStart + report.elapsed)
        }
        entry.program = program.position
      }
    ])
  }

  private func changed(_ notice: ChangeNotice, _ parameters: JSON, by peer: Peer, of attempt: RunningAttempt) {
    guard var program = attempt.programs[peer] else { return }
    attempt.changes[notice.number] = nil
    guard notice.n > program.change else { return }
    program.change = notice.n
    program.declaration.apply(notice.values)
    attempt.programs[peer] = program
    let change = Change(
      number: notice.number, step: notice.step, values: notice.values, trigger: notice.trigger, by: notice.by,
      payload: parameters["payload"]?.text, reason: notice.reason, isImmediate: parameters["immediate"]?.bool ?? false)
    publish([
      .with { entry in
        entry.notice.changed = .with {
          $0.attempt = attempt.id.description
          $0.change = ProtoAppliedChange(change)
        }
        entry.program = program.position
      }
    ])
  }

  private func acknowledge(_ report: Int, to peer: Peer) {
    hub?.send(WireMessage.notification(method: LiveMethod.acknowledged, parameters: ["n": .int(report)]).json, to: peer)
  }

  private func tell(_ program: ConnectedProgram, of attempt: RunningAttempt, isConnected: Bool) {
    session.tell(
      .with { notice in
        notice.program = .with {
          $0.attempt = attempt.id.description
          $0.pid = Int32(truncatingIfNeeded: program.pid)
          $0.name = program.name
          $0.step = UInt64(max(0, attempt.step))
          $0.declaration = program.declaration.json.text
          $0.isConnected = isConnected
        }
      })
  }
}

extension ConnectedProgram {
  fileprivate var position: ProtoProgramPosition {
    .with {
      $0.pid = Int32(truncatingIfNeeded: pid)
      $0.report = UInt64(max(0, report))
      $0.change = UInt64(max(0, change))
      $0.clockStart = clockStart ?? 0
    }
  }
}
