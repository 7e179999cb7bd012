import AttuneFleet

/// What `attune agent` is to the command: here without the rest of it.
@main struct AgentForTests {
  static func main() async throws {
    try await AgentProcess.run(AgentOptions(arguments: Array(CommandLine.arguments.dropFirst(2))))
  }
}
