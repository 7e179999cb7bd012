import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a controller and the agent say to each other.
extension Agent {
  /// A spool is rewritten when this much of it has been acknowledged.
  private static let spoolSlack = 1 << 18

  /// Opens a session.
  /// - Returns: its number.
  func begin(_ hello: ProtoHello) -> Int {
    ledger.skip(to: hello.acknowledged)
    acknowledge(through: hello.acknowledged)
    session.begin()
    for id in hello.running.compactMap({ AttemptID($0) }) where ledger.attempts[id] == nil && ledger.endings[id] == nil {
      publish(.ended(ProtoAttemptEnded(id, Ending(cause: .lost))))
    }
    for id in running.keys.sorted() { mirror(id) }
    log.note("a controller is here; it knows the first \(hello.acknowledged) notices")
    return session.number
  }

  /// Carries out a command of that session.
  func perform(_ command: ProtoCommand, in number: Int) {
    guard number == session.number else { return }
    switch command.kind {
    case .configure(let configuration): configureAnew(configuration)
    case .start(let order): start(order)
    case .stop(let order): if let id = AttemptID(order.attempt) { stop(id) }
    case .suspend(let order): if let id = AttemptID(order.attempt) { suspend(id) }
    case .resume(let order): if let id = AttemptID(order.attempt) { resume(id) }
    case .change(let order): change(order)
    case .acknowledge(let acknowledgement): acknowledge(through: acknowledgement.sequence)
    case .close: close()
    case .copy(let order): copyCheckpoint(order)
    case .hello, nil: break
    }
  }

  /// The session's controller is gone.
  func end(session number: Int) {
    guard number == session.number, session.isOpen else { return }
    session.end()
    log.note("the controller has left")
    restartIdleTime()
    leaveIfClosed()
  }

  /// Whether no newer session has taken its place.
  func isCurrent(_ number: Int) -> Bool { number == session.number }

  /// What is told next; waits until there is something. `nil` when the session is over.
  func nextNotices(of number: Int) async -> [ProtoNotice]? {
    while number == session.number, session.isOpen, !Task.isCancelled {
      let notices = takeNotices()
      if !notices.isEmpty { return notices }
      if session.hasToldEnd { return nil }
      await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          if Task.isCancelled { continuation.resume() } else { session.wait(continuation) }
        }
      } onCancel: {
        post { agent in agent.session.wake() }
      }
    }
    return nil
  }

  /// How attempts run, kept for the time after the agent's death.
  func configure(_ configuration: ProtoConfigure) {
    self.configuration = configuration
    var pattern: OutputPattern?
    if configuration.hasPattern {
      do throws(FleetError) { pattern = try OutputPattern(configuration.pattern) } catch { say(trouble: error.description) }
    }
    reader = OutputReader(pattern: pattern)
  }

  private func configureAnew(_ fresh: ProtoConfigure) {
    if fresh != configuration {
      configure(fresh)
      do {
        try Files.write(try fresh.serializedBytes(), to: options.configurationPath)
      } catch { say(trouble: "\(error). After the agent's death, reports of the running attempts might be missed.") }
    }
    let notice = ProtoNotice.with {
      $0.welcome = .with {
        $0.name = options.name
        $0.slots = fresh.slots
        $0.pid = getpid()
      }
    }
    session.welcome = (notice, spool.size)
    session.wake()
  }

  private func acknowledge(through sequence: UInt64) {
    guard sequence > session.acknowledged else { return }
    session.acknowledged = sequence
    ledger.acknowledge(through: sequence)
    do throws(FleetError) {
      session.acknowledgedOffset = try spool.offset(after: sequence, from: session.acknowledgedOffset)
      session.offset = max(session.offset, session.acknowledgedOffset)
      if session.acknowledgedOffset > Self.spoolSlack {
        let shrunk = try spool.rewrite(ledger.head, keepingFrom: session.acknowledgedOffset)
        session.acknowledgedOffset -= shrunk
        session.offset -= shrunk
        session.welcome?.offset -= shrunk
      }
    } catch { log.note(error.description) }
    session.wake()
  }

  private func takeNotices() -> [ProtoNotice] {
    if !session.transient.isEmpty { return session.takeTransient() }
    if let welcome = session.welcome, session.offset >= welcome.offset {
      session.welcome = nil
      return [welcome.notice]
    }
    let isHeldUp = session.told >= session.acknowledged + AgentSession.window
    if !isHeldUp {
      let notices = takeFromSpool()
      if !notices.isEmpty { return notices }
    }
    if isClosing, isQuiet, !session.hasToldEnd, isHeldUp || session.offset >= spool.size {
      session.hasToldEnd = true
      return [.with { $0.closed = ProtoClosed() }]
    }
    return []
  }

  private func takeFromSpool() -> [ProtoNotice] {
    do throws(FleetError) {
      while session.offset < spool.size {
        let found = try spool.read(from: session.offset)
        guard let end = found.last?.end else { return [] }
        session.offset = end
        let notices = found.map(\.record.entry.notice).filter { $0.sequence > session.told }
        if let last = notices.last {
          session.told = last.sequence
          return notices
        }
      }
    } catch { log.note(error.description) }
    return []
  }
}
