import AttuneSnapshots

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `attune-supervise`: started by an agent for each attempt, not by people.
@main struct Supervise {
  static func main() {
    guard let order = SupervisionOrder(arguments: Array(CommandLine.arguments.dropFirst())) else {
      let usage =
        "usage: attune-supervise [--criu PROGRAM --snapshot DIRECTORY [--restore DIRECTORY]] ATTEMPT-DIRECTORY "
        + "WORKING-DIRECTORY GRACE-MS LIMIT-MS(0: none) COMMAND [ARGUMENT…]\n"
      _ = usage.withCString { write(2, $0, strlen($0)) }
      exit(64)
    }
    var supervisor = Supervisor(order: order)
    supervisor.run()
  }
}

/// What one supervisor is asked to do.
struct SupervisionOrder {
  /// Where `stdout.log`, `stderr.log` and `exit.json` go.
  let attemptDirectory: String
  let workingDirectory: String
  /// Nanoseconds between SIGTERM and SIGKILL.
  let grace: Int
  /// Nanoseconds the command may run.
  let limit: Int?
  /// How to take snapshots; `nil` where the command is frozen instead.
  let snapshots: Snapshots.Order?
  /// Never empty.
  let command: [String]

  init?(arguments: [String]) {
    var arguments = arguments[...]
    var options: [String: String] = [:]
    while let option = arguments.first, ["--criu", "--snapshot", "--restore"].contains(option), arguments.count > 1 {
      options[option] = arguments[arguments.startIndex + 1]
      arguments = arguments.dropFirst(2)
    }
    self.init(Array(arguments), options)
  }

  private init?(_ arguments: [String], _ options: [String: String]) {
    guard arguments.count >= 5, let grace = Int(arguments[2]), let limit = Int(arguments[3]), grace >= 0, limit >= 0 else { return nil }
    attemptDirectory = arguments[0]
    workingDirectory = arguments[1]
    self.grace = grace * 1_000_000
    self.limit = limit == 0 ? nil : limit * 1_000_000
    command = Array(arguments[4...])
    guard let program = options["--criu"], let target = options["--snapshot"] else {
      snapshots = nil
      return
    }
    snapshots = Snapshots.Order(
      tool: SnapshotTool(program: program, isRoot: geteuid() == 0), target: target, source: options["--restore"])
  }
}
