internal import GRPCCore

/// The one call of an agent: a session.
struct AgentService: ProtoAgent.SimpleServiceProtocol {
  let agent: Agent

  func session(
    request: RPCAsyncSequence<ProtoCommand, any Error>, response: RPCWriter<ProtoNotices>, context: ServerContext
  ) async throws {
    let (greeted, greet) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await hear(request, greet) }
      group.addTask {
        for await session in greeted { try await tell(session, response) }
      }
      // Whichever ends first ends the other: the controller has gone, or has been told everything.
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func hear(_ commands: RPCAsyncSequence<ProtoCommand, any Error>, _ greet: AsyncStream<Int>.Continuation) async throws {
    defer { greet.finish() }
    var session: Int?
    for try await command in commands {
      if case .hello(let hello) = command.kind, session == nil {
        guard hello.protocol == FleetProtocol.version else {
          throw RPCError(
            code: .failedPrecondition, message: "the agent speaks version \(FleetProtocol.version), the controller \(hello.protocol)")
        }
        session = await agent.begin(hello)
        if let session { greet.yield(session) }
        greet.finish()
      }
      guard let session else { throw RPCError(code: .failedPrecondition, message: "a session begins with hello") }
      await agent.perform(command, in: session)
    }
  }

  private func tell(_ session: Int, _ response: RPCWriter<ProtoNotices>) async throws {
    do {
      while let notices = await agent.nextNotices(of: session) {
        try await response.write(.with { $0.notices = notices })
      }
    } catch {
      await agent.end(session: session)
      throw error
    }
    if await !agent.isCurrent(session) {
      throw RPCError(code: .aborted, message: "another controller has taken the agent over")
    }
    await agent.end(session: session)
  }
}

/// Of `agent.proto`.
enum FleetProtocol {
  static let version: UInt32 = 1
}
