#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `attune-supervise`: started by an agent for each attempt, not by people.
@main struct Supervise {
  static func main() {
    guard let order = SupervisionOrder(arguments: Array(CommandLine.arguments.dropFirst())) else {
      let usage = "usage: attune-supervise ATTEMPT-DIRECTORY WORKING-DIRECTORY GRACE-MS LIMIT-MS(0: none) COMMAND [ARGUMENT…]\n"
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
  /// Never empty.
  let command: [String]

  init?(arguments: [String]) {
    guard arguments.count >= 5, let grace = Int(arguments[2]), let limit = Int(arguments[3]), grace >= 0, limit >= 0 else { return nil }
    attemptDirectory = arguments[0]
    workingDirectory = arguments[1]
    self.grace = grace * 1_000_000
    self.limit = limit == 0 ? nil : limit * 1_000_000
    command = Array(arguments[4...])
  }
}
