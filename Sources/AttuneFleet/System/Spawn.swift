import CAttuneSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Starts a process in a session of its own, with no descriptor of ours but those named, and all signals as the system sets them.
struct Spawn {
  /// The path of the program; `PATH` is not searched.
  var executable: String
  /// Without the program's name.
  var arguments: [String]
  /// `NAME=VALUE`.
  var environment: [String]
  /// Becomes descriptor 3.
  var inherited: Int32?
  /// Standard output and errors are appended to it; `nil` throws them away.
  var log: String?
  /// Blocked from the first moment, so that none is lost before the program can wait for it.
  var blocked: [Int32] = []

  /// - Returns: the process id.
  func start() throws(FleetError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    if let inherited { posix_spawn_file_actions_adddup2(&actions, inherited, 3) }
    _ = attune_spawn_close_from(&actions, inherited == nil ? 3 : 4)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var all = sigset_t()
    var mask = sigset_t()
    sigfillset(&all)
    sigemptyset(&mask)
    for signal in blocked { sigaddset(&mask, signal) }
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | Self.newSession))

    var pid: pid_t = 0
    let code = Self.withStrings([executable] + arguments) { arguments in
      Self.withStrings(environment) { environment in
        posix_spawn(&pid, executable, &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else { throw .system(action: "run", path: executable, code: code) }
    return pid
  }

  #if canImport(Glibc)
    private static let newSession: Int32 = 0x80
  #else
    private static let newSession: Int32 = 0x400
  #endif

  private static func withStrings(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Int32) -> Int32 {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}

/// This process's environment.
func currentEnvironment() -> [String: String] {
  var variables: [String: String] = [:]
  var next = environ
  while let entry = next.pointee {
    let text = String(cString: entry)
    if let equals = text.firstIndex(of: "=") { variables[String(text[..<equals])] = String(text[text.index(after: equals)...]) }
    next += 1
  }
  return variables
}
