/// Where a local fleet finds its agent and keeps its files.
public struct LocalFleetOptions: Sendable {
  /// What the experiment is called in `ATTUNE_EXPERIMENT`.
  public var experiment: String
  /// The experiment's own directory, an absolute path: `trials`, and `agent` or `agents`, are made in it.
  public var root: String
  /// For sockets; a short absolute path, of mode 0700.
  public var runtimeDirectory: String
  /// The command whose first arguments are `arguments` and that then runs `AgentProcess`.
  public var executable: String
  /// Before the agent's own options.
  public var arguments = ["agent"]
  /// The path of `attune-supervise`.
  public var supervisor: String
  /// What slots and events are called after.
  public var name = "local"
  /// Seconds without a controller and without an attempt after which the agent leaves.
  public var idleSeconds = 60.0
  /// CRIU: a path, or a name to be looked for in `PATH`.
  public var criu = "criu"
  /// Seconds a started agent has to answer.
  public var startLimit = 20.0
  /// Told one line that a person should read; nothing ends because of it.
  public var onTrouble: @Sendable (String) -> Void = { _ in }

  /// Options; the supervisor is expected beside the executable.
  public init(experiment: String, root: String, runtimeDirectory: String, executable: String) {
    self.experiment = experiment
    self.root = root
    self.runtimeDirectory = runtimeDirectory
    self.executable = executable
    let directory = executable.lastIndex(of: "/").map { String(executable[...$0]) } ?? ""
    supervisor = directory + "attune-supervise"
  }

  /// The agent's. Its sockets are called after its directory, so that every controller of the experiment finds the same ones.
  var agent: AgentOptions {
    let directory = root + (name == "local" ? "/agent" : "/agents/\(name)")
    let hash = directory.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    let stem = "\(runtimeDirectory)/\(String(hash, radix: 36))"
    return AgentOptions(
      name: name, directory: directory, socket: stem + ".agent", hub: stem + ".hub", supervisor: supervisor, idleSeconds: idleSeconds,
      criu: criu)
  }
}
