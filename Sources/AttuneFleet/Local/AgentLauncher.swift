#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sees to it that an agent answers: finds the one that is there, or starts one.
struct AgentLauncher {
  /// The command and its first arguments, e.g. `attune agent`.
  let executable: String
  let arguments: [String]
  let options: AgentOptions
  /// Seconds.
  let limit: Double
  /// The agent that this process started last.
  private(set) var child: pid_t?

  init(executable: String, arguments: [String], options: AgentOptions, limit: Double) {
    self.executable = executable
    self.arguments = arguments
    self.options = options
    self.limit = limit
  }

  /// - Returns: the socket at which the agent answers.
  /// - Throws: `FleetError.agentSilent`, `.agentEnded`, or what keeps it from being started.
  mutating func reach() async throws -> String {
    try UnixSocket.check(options.socket)
    try UnixSocket.check(options.hub)
    try Files.makeDirectory(options.directory)
    let deadline = monotonicNanoseconds() + Int(limit * 1e9)
    var pause = Duration.milliseconds(2)
    while true {
      if LockFile.isHeld(options.lockPath) {
        if let socket = AgentCard(reading: options.lockPath)?.socket, UnixSocket.answers(at: socket) { return socket }
      } else if !isStarting {
        // What the last agent wrote into the lock file is not to be taken for the next one's.
        truncate(options.lockPath, 0)
        try start()
      } else if hasChildEnded() {
        throw FleetError.agentEnded(log: Files.tail(of: options.logPath))
      }
      guard monotonicNanoseconds() < deadline else {
        throw FleetError.agentSilent(seconds: limit, log: Files.tail(of: options.logPath))
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(50))
    }
  }

  /// Returns when no agent has the directory any more, or after `seconds`.
  mutating func untilGone(within seconds: Double) async {
    let deadline = monotonicNanoseconds() + Int(seconds * 1e9)
    while !hasChildEnded() || LockFile.isHeld(options.lockPath), monotonicNanoseconds() < deadline {
      do { try await Task.sleep(for: .milliseconds(2)) } catch { return }
    }
  }

  /// An agent that died is forgotten, so that `reach` starts another.
  mutating func forgetDead() { if hasChildEnded() { child = nil } }

  private var isStarting: Bool { child != nil }

  private mutating func start() throws(FleetError) {
    // The system would say of a log that cannot be written that the command cannot be run.
    let log = open(options.logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw Files.failure("write", options.logPath) }
    close(log)
    child = try Spawn(
      executable: executable, arguments: arguments + options.arguments, environment: currentEnvironment().map { "\($0.key)=\($0.value)" },
      log: options.logPath
    ).start()
  }

  /// Whether the agent that was started here is gone; true when there was none.
  private mutating func hasChildEnded() -> Bool {
    guard let child else { return true }
    var status: Int32 = 0
    return waitpid(child, &status, WNOHANG) != 0
  }
}
