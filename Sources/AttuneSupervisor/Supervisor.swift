import CAttuneSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Watches over one command: keeps its output, stops it when told or when its time is over, leaves no descendant behind, and
/// writes down how it ended. A process of its own, so that the agent's death neither ends the command nor loses its status.
///
/// SIGTERM asks it to stop the command: SIGTERM to every descendant, SIGKILL after the grace period. SIGUSR1 kills at once. SIGUSR2 freezes
/// every descendant, SIGCONT lets them go on: see `Pace`; the time limit does not run meanwhile. Where snapshots are wanted, SIGUSR2 takes
/// one and ends them: see `Supervisor+Snapshots.swift`. The agent starts it with these signals blocked, so that none is lost however early it comes.
struct Supervisor {
  /// The lock by which an agent sees that this process lives; inherited from the agent.
  static let lockDescriptor: Int32 = 3

  let order: SupervisionOrder
  private let started = monotonicNanoseconds()
  private var signals = sigset_t()
  /// 0 as long as it is being brought back.
  var command: pid_t = 0
  var status: Int32?
  var isStopping = false
  private var isOverTime = false
  private var killTime: Int?
  var pace: Pace
  /// `nil` where none are wanted.
  var snapshots: Snapshots?
  /// Whether the processes are in a snapshot, and to be ended.
  var isSuspended = false
  /// Why the command could not be brought back.
  var restoreProblem: String?

  init(order: SupervisionOrder) {
    self.order = order
    pace = Pace(directory: order.attemptDirectory)
    snapshots = order.snapshots.map { Snapshots($0, attemptDirectory: order.attemptDirectory) }
    sigemptyset(&signals)
    for signal in [SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCONT] { sigaddset(&signals, signal) }
  }

  mutating func run() {
    sigprocmask(SIG_SETMASK, &signals, nil)
    _ = setsid()
    _ = attune_become_subreaper()
    announce()
    guard let exitFile = ExitFile(directory: order.attemptDirectory) else { exit(73) }
    switch startCommand() {
    case .failure(let problem):
      exitFile.keep(.notStarted(problem.message), seconds: seconds)
    case .success(let command):
      self.command = command
      watch()
      exitFile.keep(ending, seconds: seconds)
    }
  }

  private var ending: ExitFile.Ending {
    if isSuspended { return .suspended }
    if let restoreProblem { return .notStarted("the snapshot cannot be brought back: \(restoreProblem)") }
    return .ended(status: status ?? (command == 0 ? SIGKILL : 0), isOverTime: isOverTime)
  }

  private var seconds: Double { Double(monotonicNanoseconds() - started - pace.frozenNanoseconds) / 1e9 }

  /// Puts the process id into the lock file. Run by hand, there is none.
  private func announce() {
    guard fcntl(Self.lockDescriptor, F_SETFD, FD_CLOEXEC) == 0 else { return }
    let text = "\(getpid())\n"
    _ = text.withCString { pwrite(Self.lockDescriptor, $0, strlen($0), 0) }
  }

  struct StartProblem: Error { let message: String }

  /// - Returns: the command's process id; 0 when it is being brought back.
  private mutating func startCommand() -> Result<pid_t, StartProblem> {
    let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
    let output = openLog("stdout.log")
    let errors = openLog("stderr.log")
    defer { for descriptor in [input, output, errors] where descriptor >= 0 { close(descriptor) } }
    guard input >= 0, output >= 0, errors >= 0 else {
      return .failure(StartProblem(message: "cannot write to '\(order.attemptDirectory)': \(String(cString: strerror(errno)))"))
    }
    if order.snapshots?.source != nil { return bringBack(output, errors) }
    var arguments: [UnsafeMutablePointer<CChar>?] = order.command.map { strdup($0) }
    arguments.append(nil)
    var step = ATTUNE_SPAWN_FORK
    let result = attune_spawn(arguments, order.workingDirectory, input, output, errors, &step)
    guard result < 0 else { return .success(result) }
    return .failure(StartProblem(message: "\(failed(step)): \(String(cString: strerror(-result)))"))
  }

  private func failed(_ step: attune_spawn_step) -> String {
    switch step {
    case ATTUNE_SPAWN_DIRECTORY: "cannot enter the directory '\(order.workingDirectory)'"
    case ATTUNE_SPAWN_COMMAND: "cannot run '\(order.command[0])'"
    default: "cannot start a process"
    }
  }

  func openLog(_ name: String) -> Int32 {
    open("\(order.attemptDirectory)/\(name)", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
  }

  /// Returns when the command has ended and no descendant is left. Asked to stop, descendants that outlive the command have the
  /// rest of the grace period; otherwise they end with it.
  private mutating func watch() {
    while reap() {
      if isSuspended || restoreProblem != nil || (status != nil && !isStopping) { return killRest() }
      switch nextSignal() {
      case SIGTERM, SIGINT, SIGHUP:
        stop()
        // What is being brought back has nothing to save that the snapshot does not have.
        if snapshots?.isRestoring == true { return killRest() }
      case SIGUSR1: return killRest()
      case SIGUSR2: if !isStopping { snapshots == nil ? pace.freeze() : takeSnapshot() }
      case SIGCONT: if snapshots == nil { pace.thaw() }
      case SIGCHLD: break
      default: if timeIsUp() { return killRest() }
      }
    }
  }

  /// Collects everything that has ended. Orphaned descendants are children, too.
  /// - Returns: whether any child is left.
  private mutating func reap() -> Bool {
    while true {
      var ended: Int32 = 0
      let child = waitpid(-1, &ended, WNOHANG)
      if child == 0 { return true }
      if child < 0 && errno == ECHILD { return false }
      note(child, ended)
    }
  }

  private mutating func note(_ child: pid_t, _ ended: Int32) {
    if child == command { status = ended }
    if snapshots?.isRestoring == true { snapshots?.ended[child] = ended }
    if let work = snapshots?.work, child == work.process { snapshotWorkEnded(work.purpose, ended) }
  }

  private mutating func stop() {
    guard !isStopping else { return }
    isStopping = true
    killTime = monotonicNanoseconds() + order.grace
    // What CRIU works on must not move; they are told when it is done.
    if snapshots?.isDumping != true { tellToStop() }
  }

  /// SIGTERM for everybody, and no more rest.
  mutating func tellToStop() {
    for process in Descendants.all() {
      kill(process, SIGTERM)
      kill(process, SIGCONT)
    }
    pace.thaw()
  }

  /// What the passing of time asks for. Sets off the stop at the limit; true at the end of the grace period.
  private mutating func timeIsUp() -> Bool {
    let now = monotonicNanoseconds()
    if let killTime { return now >= killTime }
    if let limit = order.limit, !pace.isFrozen, now - started - pace.frozenNanoseconds >= limit {
      isOverTime = true
      stop()
    }
    return false
  }

  /// Kills until none is left: a killed process's children become ours, and are found in the next round.
  private mutating func killRest() {
    while true {
      for process in Descendants.all() { kill(process, SIGKILL) }
      var ended: Int32 = 0
      let child = waitpid(-1, &ended, 0)
      if child == command { status = ended }
      if child < 0 && errno == ECHILD { return }
    }
  }

  /// The next signal; 0 when the next deadline comes first.
  private func nextSignal() -> Int32 {
    let deadline = killTime ?? (pace.isFrozen ? nil : order.limit.map { started + $0 + pace.frozenNanoseconds })
    let pause = deadline.map { max(0, $0 - monotonicNanoseconds()) } ?? 3600 * 1_000_000_000
    var time = timespec(tv_sec: pause / 1_000_000_000, tv_nsec: pause % 1_000_000_000)
    var signals = signals
    return max(0, sigtimedwait(&signals, nil, &time))
  }
}

/// Nanoseconds of a clock that no one sets.
func monotonicNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
