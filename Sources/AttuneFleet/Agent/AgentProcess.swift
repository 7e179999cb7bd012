import AttuneValues
import Dispatch
internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What `attune agent` does: a process that owns the attempts of one experiment on one machine.
///
/// It leaves the terminal, so that Ctrl-C ends the controller alone. SIGTERM and SIGINT end every attempt and then the agent;
/// after SIGKILL the next agent in the same directory takes the attempts over.
public enum AgentProcess {
  /// Returns when the agent has nothing more to do: closed by its controller, told to end, or idle.
  /// - Throws: `FleetError`, or an error of the sockets: what keeps it from working at all. One for the log and the exit status 1.
  public static func run(_ options: AgentOptions) async throws {
    try Files.makeDirectory(options.directory)
    // Held until the process has ended: who sees it free finds no agent left.
    guard let lock = try LockFile(taking: options.lockPath) else {
      throw FleetError.agentRunning(directory: options.directory, pid: AgentCard(reading: options.lockPath)?.pid ?? 0)
    }
    _ = setsid()
    signal(SIGPIPE, SIG_IGN)
    let agent = try Agent(options: options)
    try await agent.recover()
    try await agent.openHub()
    let listener = try UnixSocket.listen(at: options.socket)
    defer { unlink(options.socket) }
    lock.write(AgentCard(pid: Int(getpid()), socket: options.socket).text)
    agent.log.note("agent '\(options.name)' is here, process \(getpid())")
    let signals = closeOnSignals(agent)
    defer { for signal in signals { signal.cancel() } }
    try await serve(agent, listener)
    agent.log.note("agent '\(options.name)' leaves")
  }

  private static func serve(_ agent: Agent, _ listener: Int32) async throws {
    let server = GRPCServer(
      transport: .http2NIOPosix(listeningSocketDescriptor: Int(listener), transportSecurity: .plaintext),
      services: [AgentService(agent: agent)])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      group.addTask {
        // A server that is told to leave before it listens falls over its own feet.
        _ = try await server.listeningAddress
        await agent.untilLeaving()
        await agent.closeHub()
        server.beginGracefulShutdown()
        // A controller that does not let go is not waited for.
        try await Task.sleep(for: .seconds(1))
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private static func closeOnSignals(_ agent: Agent) -> [any DispatchSourceSignal] {
    [SIGTERM, SIGINT, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: agent.executor.queue)
      source.setEventHandler { agent.assumeIsolated { agent in agent.close() } }
      source.activate()
      return source
    }
  }
}

/// What an agent writes into its lock file: how it is found by a controller that did not start it.
struct AgentCard {
  let pid: Int
  let socket: String

  init(pid: Int, socket: String) {
    self.pid = pid
    self.socket = socket
  }

  init?(reading path: String) {
    guard let document = try? JSON(parsing: LockFile.text(path)), let pid = document["pid"]?.int, let socket = document["socket"]?.string
    else { return nil }
    self.init(pid: pid, socket: socket)
  }

  var text: String { JSON.object(["pid": .int(pid), "socket": .string(socket)]).text + "\n" }
}
