/// Where an agent works and how it is reached.
public struct AgentOptions: Hashable, Sendable {
  /// What its slots and its events are called after.
  public var name: String
  /// Its own: log, lock, spool. There is one agent a directory.
  public var directory: String
  /// The socket file for its controller; at most 107 bytes of path.
  public var socket: String
  /// The socket file for the programs it runs; at most 107 bytes of path.
  public var hub: String
  /// The path of `attune-supervise`.
  public var supervisor: String
  /// Seconds without a controller and without an attempt after which it leaves.
  public var idleSeconds: Double
  /// CRIU: a path, or a name to be looked for in `PATH`.
  public var criu: String

  /// Options.
  public init(
    name: String, directory: String, socket: String, hub: String, supervisor: String, idleSeconds: Double = 60, criu: String = "criu"
  ) {
    self.name = name
    self.directory = directory
    self.socket = socket
    self.hub = hub
    self.supervisor = supervisor
    self.idleSeconds = idleSeconds
    self.criu = criu
  }

  /// What the command line must hold to give the same options again.
  public var arguments: [String] {
    [
      "--name", name, "--directory", directory, "--socket", socket, "--hub", hub, "--supervisor", supervisor, "--idle", String(idleSeconds),
      "--criu", criu,
    ]
  }

  /// Reads the options of `attune agent`.
  /// - Throws: `FleetError.badArguments`.
  public init(arguments: [String]) throws(FleetError) {
    var values: [String: String] = [:]
    var rest = arguments[...]
    while let name = rest.popFirst() {
      guard Self.names.contains(name) else {
        throw .badArguments("attune agent: unknown option '\(name)'; known are \(Self.names.joined(separator: ", "))")
      }
      guard let value = rest.popFirst() else { throw .badArguments("attune agent: '\(name)' wants a value after it") }
      values[name] = value
    }
    func required(_ name: String) throws(FleetError) -> String {
      guard let value = values[name] else { throw .badArguments("attune agent: '\(name)' is missing; it says where the agent works") }
      return value
    }
    let idle = values["--idle"] ?? "60"
    guard let idleSeconds = Double(idle), idleSeconds >= 0 else {
      throw .badArguments("attune agent: '--idle \(idle)' is not a number of seconds; nothing was started")
    }
    self.init(
      name: try required("--name"), directory: try required("--directory"), socket: try required("--socket"), hub: try required("--hub"),
      supervisor: try required("--supervisor"), idleSeconds: idleSeconds, criu: values["--criu"] ?? "criu")
  }

  private static let names = ["--name", "--directory", "--socket", "--hub", "--supervisor", "--idle", "--criu"]
}

extension AgentOptions {
  var lockPath: String { directory + "/agent.lock" }
  var logPath: String { directory + "/agent.log" }
  var spoolPath: String { directory + "/spool" }
  var configurationPath: String { directory + "/configuration" }
}
