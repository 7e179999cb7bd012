import AttuneCore
import AttuneValues
import AttuneWire
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix

/// The conversation with the agent, over as many sessions as it takes.
extension LocalFleet {
  /// Sessions that may break one after the other, each within seconds and without an event, before the slots are given up.
  private static let failureLimit = 5
  private static let failureSeconds = 10.0

  /// Returns when the fleet is closed or given up.
  func converse(startingAt socket: String) async {
    var next: String? = socket
    var failures = 0
    while !isClosed, !Task.isCancelled {
      let heard = delivered
      let begun = monotonicNanoseconds()
      do {
        if next == nil { launcher.forgetDead() }
        try await hold(next == nil ? try await reach() : socket)
      } catch let error as RPCError where error.code == .aborted {
        isTakenOver = true
        return giveUp(error.message)
      } catch {
        if !isClosed { options.onTrouble("the connection to the agent broke: \(error). Trainings go on; connecting again.") }
      }
      next = nil
      let seconds = Double(monotonicNanoseconds() - begun) / 1e9
      failures = delivered > heard || seconds > Self.failureSeconds ? 0 : failures + 1
      if failures >= Self.failureLimit, !isClosed { return giveUp("no agent can be kept running") }
    }
    events?.finish()
  }

  /// One session, until it ends or breaks.
  private func hold(_ socket: String) async throws {
    let client = GRPCClient(
      transport: try .http2NIOPosix(target: .unixDomainSocket(path: socket), transportSecurity: .plaintext))
    var call = CallOptions.defaults
    call.waitForReady = false
    let commands = openCommands()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await client.runConnections() }
      defer {
        self.commands?.finish()
        self.commands = nil
        client.beginGracefulShutdown()
      }
      try await ProtoAgent.Client(wrapping: client).session(options: call) { writer in
        for await command in commands { try await writer.write(command) }
      } onResponse: { response in
        do {
          for try await notices in response.messages { await self.hear(notices.notices) }
        } catch {
          await self.closeCommands()
          throw error
        }
        await self.closeCommands()
      }
    }
  }

  /// What a session begins with: who we are, how attempts run, and every order without an answer.
  private func openCommands() -> AsyncStream<ProtoCommand> {
    let (stream, commands) = AsyncStream.makeStream(of: ProtoCommand.self)
    commands.yield(
      .with {
        $0.hello = .with {
          $0.protocol = FleetProtocol.version
          $0.experiment = options.experiment
          $0.acknowledged = acknowledged
          $0.running = started.sorted().map(\.description)
        }
      })
    commands.yield(.with { $0.configure = configuration })
    for order in orders.all { commands.yield(ProtoCommand(order)) }
    if isClosing { commands.yield(.with { $0.close = ProtoClose() }) }
    self.commands = commands
    return stream
  }

  private func closeCommands() { commands?.finish() }

  private func hear(_ notices: [ProtoNotice]) {
    for notice in notices {
      if notice.sequence > 0 { take(notice) } else { hearTransient(notice) }
    }
  }

  /// An event that is kept; after a new session it may come again.
  private func take(_ notice: ProtoNotice) {
    guard notice.sequence > delivered else { return }
    delivered = notice.sequence
    guard let event = notice.event else { return }
    orders.settle(event)
    switch event {
    case .attemptStarted(let id): started.insert(id)
    case .attemptEnded(let id, _):
      started.remove(id)
      programs[id] = nil
    case .reported(let id, let report): updateMirrors(of: id) { $0.step = report.step }
    case .changed(let id, let change): updateMirrors(of: id) { $0.declaration.apply(change.values) }
    default: break
    }
    events?.yield(RunnerEvent(source: options.name, sequence: Int(notice.sequence), event))
  }

  private func hearTransient(_ notice: ProtoNotice) {
    switch notice.kind {
    case .welcome(let welcome): offerSlots(Int(welcome.slots))
    case .program(let program): mirror(program)
    case .trouble(let trouble): options.onTrouble(trouble.message)
    case .closed: isClosing ? isClosed = true : giveUp("the agent was told to end")
    default: break
    }
  }

  private func offerSlots(_ count: Int) {
    guard !hasOfferedSlots else { return }
    hasOfferedSlots = true
    for index in 0..<count { tell(.slotOffered(Slot(agent: options.name, index: index))) }
  }

  private func giveUp(_ reason: String) {
    options.onTrouble("\(reason); the slots of '\(options.name)' are given up. What still runs goes on; a later controller meets it.")
    if hasOfferedSlots {
      for index in 0..<Int(configuration.slots) { tell(.slotLost(Slot(agent: options.name, index: index))) }
    }
    isClosed = true
    events?.finish()
  }

  private func tell(_ event: Event.Kind) { events?.yield(RunnerEvent(source: options.name, sequence: 0, event)) }

  private func updateMirrors(of id: AttemptID, _ update: (inout ProgramMirror) -> Void) {
    for pid in Array(programs[id, default: [:]].keys) {
      if var program = programs[id]?[pid] {
        update(&program)
        programs[id]?[pid] = program
      }
    }
  }

  private func mirror(_ program: ProtoProgram) {
    guard let id = AttemptID(program.attempt) else { return }
    guard let document = try? JSON(parsing: program.declaration), let declaration = try? Declaration(json: document) else { return }
    programs[id, default: [:]][Int(program.pid)] = ProgramMirror(
      pid: Int(program.pid), name: program.name, step: Int(program.step), declaration: declaration, isConnected: program.isConnected)
  }
}

extension Declaration {
  /// Takes over the values of a change.
  mutating func apply(_ values: [String: Value]) {
    for index in variables.indices {
      if let value = values[variables[index].descriptor.tag] { variables[index].value = value }
    }
  }
}
