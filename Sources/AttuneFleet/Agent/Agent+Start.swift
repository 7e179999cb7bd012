import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How attempts begin: ordered by the controller, or found running after the agent's own death.
extension Agent {
  /// Starts an attempt, unless it was started before.
  func start(_ order: ProtoStart) {
    guard let id = AttemptID(order.attempt), ledger.attempts[id] == nil, running[id] == nil, ledger.endings[id] == nil else { return }
    guard let configuration, !isClosing else { return end(id, .notStarted(message: "the agent is not configured, or about to leave")) }
    let files = AttemptFiles(id, in: configuration.trialsDirectory)
    guard !Files.exists(files.directory) else {
      return end(id, .notStarted(message: "'\(files.directory)' is already there, from another run; nothing was started"))
    }
    let record = ProtoAttemptRecord.with {
      $0.attempt = order.attempt
      $0.directory = files.directory
      $0.slot = order.slot
      $0.token = Self.newToken()
      $0.startedNanoseconds = UInt64(monotonicNanoseconds())
    }
    let launch = AttemptLaunch(configuration: configuration, start: order, attempt: id, token: record.token, hub: options.hub)
    do throws(FleetError) {
      try remember(.with { $0.prepared = record })
      try launch.prepare()
      let process = try supervise(launch, files)
      running[id] = RunningAttempt(id, record)
      watchAttempt(id, process)
      publish(.started(.with { $0.attempt = order.attempt }))
      // What it wrote before it was watched.
      drain(id)
    } catch {
      end(id, .notStarted(message: error.description))
    }
  }

  /// Takes over the attempts that the spool knows. Called once, before anybody is heard.
  func recover() throws(FleetError) {
    var folded = ledger
    let lost = try spool.recover { record in folded.apply(record) }
    ledger = folded
    if lost > 0 { log.note("the last \(lost) bytes of the spool were not whole and are left out") }
    if let bytes = Files.read(options.configurationPath), let kept = try? ProtoConfigure(serializedBytes: bytes) { configure(kept) }
    for (id, record) in ledger.attempts.sorted(by: { $0.key < $1.key }) { adopt(id, record) }
  }

  /// Keeps a record that is no notice.
  private func remember(_ record: ProtoSpoolRecord) throws(FleetError) {
    try spool.append([record])
    ledger.apply(record)
  }

  /// An attempt that could not even be started.
  private func end(_ id: AttemptID, _ cause: Ending.Cause) {
    publish(.ended(ProtoAttemptEnded(id, Ending(cause: cause))))
  }

  private func supervise(_ launch: AttemptLaunch, _ files: AttemptFiles) throws(FleetError) -> ProcessHandle {
    guard let lock = try LockFile(taking: files.lock) else {
      throw .system(action: "lock", path: files.lock, code: EWOULDBLOCK)
    }
    defer { lock.letGo() }
    let configuration = launch.configuration
    let spawn = Spawn(
      executable: options.supervisor,
      arguments: [
        files.directory, configuration.directory, String(Int(configuration.graceSeconds * 1000)),
        String(configuration.hasLimitSeconds ? max(1, Int(configuration.limitSeconds * 1000)) : 0),
      ] + launch.arguments,
      environment: launch.environment(base: Self.environment), inherited: lock.descriptor,
      blocked: [SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1])
    return try handle(of: try spawn.start(), launch.attempt)
  }

  private func handle(of pid: pid_t, _ id: AttemptID) throws(FleetError) -> ProcessHandle {
    try ProcessHandle(pid: pid, queue: executor.queue) { [weak self] in
      self?.assumeIsolated { agent in agent.processEnded(id) }
    }
  }

  private func watchAttempt(_ id: AttemptID, _ process: ProcessHandle) {
    guard let attempt = running[id] else { return }
    attempt.process = process
    watch.watch(attempt.files.directory) { [weak self] in self?.assumeIsolated { agent in agent.drain(id) } }
  }

  /// The supervisor holds a lock as long as it lives, so there is no doubt which of the three it is: alive, gone, or never there.
  private func adopt(_ id: AttemptID, _ record: ProtoAttemptRecord) {
    let attempt = RunningAttempt(id, record)
    let pid = pid_t(LockFile.text(attempt.files.lock).split(separator: "\n").first.map(String.init) ?? "") ?? 0
    if LockFile.isHeld(attempt.files.lock) {
      guard pid > 0 else { return post(after: 0.01) { agent in agent.adoptAgain(id) } }
      running[id] = attempt
      if let process = try? handle(of: pid, id), LockFile.isHeld(attempt.files.lock) {
        watchAttempt(id, process)
        if !record.isStarted { publish(.started(.with { $0.attempt = id.description })) }
        drain(id)
        return
      }
    } else if pid == 0 && !record.isStarted {
      log.note("attempt \(id) was about to be started and never ran; it can be ordered again")
      removeTraces(of: attempt.files)
      do throws(FleetError) { try remember(.with { $0.forgotten = id.description }) } catch { log.note(error.description) }
      return
    }
    running[id] = attempt
    if pid > 0 && !Files.exists(attempt.files.exit) { Orphans.kill(session: pid) }
    processEnded(id)
  }

  /// The supervisor was just being started when the agent before died, and has not said its name yet.
  private func adoptAgain(_ id: AttemptID) {
    if running[id] == nil, let record = ledger.attempts[id] { adopt(id, record) }
  }

  private func removeTraces(of files: AttemptFiles) {
    for name in Files.names(in: files.directory) { unlink("\(files.directory)/\(name)") }
    rmdir(files.directory)
  }

  private static func newToken() -> String {
    var random = SystemRandomNumberGenerator()
    return String(random.next(), radix: 16) + String(random.next(), radix: 16)
  }

  /// The agent's own does not change while it runs.
  private static let environment = currentEnvironment()
}
