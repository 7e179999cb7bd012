/// Why an agent or its controller cannot go on.
public enum FleetError: Error, Hashable, Sendable {
  /// The system refused something; `code` is its errno.
  case system(action: String, path: String, code: Int32)
  /// An agent that was started does not answer.
  case agentSilent(seconds: Double, log: String)
  /// An agent ended as soon as it was started.
  case agentEnded(log: String)
  /// Another agent has the directory.
  case agentRunning(directory: String, pid: Int)
  /// The system has no room for the path of a socket.
  case pathTooLong(String, limit: Int)
  /// `metrics.pattern` is no regular expression, or names no metric.
  case badPattern(String, problem: String)
  /// `attune agent` was called with something it does not know.
  case badArguments(String)
  /// The agent did not speak as agreed.
  case protocolBroken(String)
}

extension FleetError: CustomStringConvertible {
  /// One line for a person (and the agent's last lines, when it died).
  public var description: String {
    switch self {
    case .system(let action, let path, let code): "cannot \(action) '\(path)': \(systemMessage(code))"
    case .agentSilent(let seconds, let log):
      "the agent did not answer within \(Int(seconds)) s; nothing was started. Its log ends:\n\(log.isEmpty ? "(empty)" : log)"
    case .agentEnded(let log): "the agent ended at once; nothing was started. Its log ends:\n\(log.isEmpty ? "(empty)" : log)"
    case .agentRunning(let directory, let pid):
      "an agent (process \(pid)) already works in '\(directory)'. There is one agent a directory; this one ends."
    case .pathTooLong(let path, let limit):
      "'\(path)' is too long for a socket: \(path.utf8.count) bytes, allowed are \(limit). Set XDG_RUNTIME_DIR to a shorter directory."
    case .badPattern(let pattern, let problem): "metrics.pattern '\(pattern)' \(problem)"
    case .badArguments(let problem): problem
    case .protocolBroken(let problem): "the agent and the controller do not understand each other: \(problem)"
    }
  }
}
