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
    guard let id = AttemptID(order.attempt), ledger.attempts[id] == nil, running[id] == nil, ledger.endings[id] == nil,
      postponed[id] == nil
    else { return }
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
      $0.step = snapshotStep(before: id, files)
    }
    let launch = AttemptLaunch(configuration: configuration, start: order, attempt: id, token: record.token, hub: options.hub)
    do throws(FleetError) {
      try remember(.with { $0.prepared = record })
      try launch.prepare()
      let pid = try supervise(launch, files)
      running[id] = RunningAttempt(id, record)
      publish(.started(.with { $0.attempt = order.attempt }))
      if let process = try? handle(of: pid, id) { attach(process, to: id) } else { takeOver(id) }
    } catch {
      error.isFullDisk ? postpone(id, order, files, error) : end(id, .notStarted(message: error.description))
    }
  }

  /// An attempt that waited for room on the disk will not be started.
  func endPostponed(_ id: AttemptID) {
    if postponed.removeValue(forKey: id) != nil { end(id, .notStarted(message: "asked to stop before there was room on the disk")) }
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

  /// A full disk is no fault of the trial's: the start waits for room, as reports do.
  private func postpone(_ id: AttemptID, _ order: ProtoStart, _ files: AttemptFiles, _ problem: FleetError) {
    say(trouble: "\(problem). Attempt \(id) is started when there is room; no training is stopped.")
    removeTraces(of: files)
    // In memory alone: after a death, the next agent sees by the directory that it never ran.
    ledger.apply(.with { $0.forgotten = order.attempt })
    postponed[id] = order
    post(after: 1) { agent in
      if let order = agent.postponed.removeValue(forKey: id) { agent.start(order) }
    }
  }

  /// Keeps a record that is no notice.
  func remember(_ record: ProtoSpoolRecord) throws(FleetError) {
    try spool.append([record])
    ledger.apply(record)
  }

  /// An attempt that could not even be started.
  private func end(_ id: AttemptID, _ cause: Ending.Cause) {
    publish(.ended(ProtoAttemptEnded(id, Ending(cause: cause))))
  }

  private func supervise(_ launch: AttemptLaunch, _ files: AttemptFiles) throws(FleetError) -> pid_t {
    guard let lock = try LockFile(taking: files.lock) else {
      throw .system(action: "lock", path: files.lock, code: EWOULDBLOCK)
    }
    defer { lock.letGo() }
    let configuration = launch.configuration
    let spawn = Spawn(
      executable: options.supervisor,
      arguments: snapshotOptions(of: launch.attempt, files) + [
        files.directory, configuration.directory, String(Int(configuration.graceSeconds * 1000)),
        String(configuration.hasLimitSeconds ? max(1, Int(configuration.limitSeconds * 1000)) : 0),
      ] + launch.arguments,
      environment: launch.environment(base: Self.environment), inherited: lock.descriptor,
      blocked: [SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCONT])
    return try spawn.start()
  }

  private func handle(of pid: pid_t, _ id: AttemptID) throws(FleetError) -> ProcessHandle {
    try ProcessHandle(pid: pid, queue: executor.queue) { [weak self] in
      self?.assumeIsolated { agent in agent.processEnded(id) }
    }
  }

  private func attach(_ process: ProcessHandle, to id: AttemptID) {
    guard let attempt = running[id] else { return }
    attempt.process = process
    watchSuspension(of: attempt)
    if attempt.isAskedToEnd { process.signal(SIGTERM) }
    watch.watch(attempt.files.directory) { [weak self] in
      self?.assumeIsolated { agent in
        agent.notePace(of: id)
        agent.drain(id)
      }
    }
    // What it wrote before it was watched.
    drain(id)
  }

  /// An attempt that the agent before has started, or was about to start.
  private func adopt(_ id: AttemptID, _ record: ProtoAttemptRecord) {
    let attempt = RunningAttempt(id, record)
    if !record.isStarted, attempt.supervisor == 0, !LockFile.isHeld(attempt.files.lock) {
      log.note("attempt \(id) was about to be started and never ran; it can be ordered again")
      removeTraces(of: attempt.files)
      do throws(FleetError) { try remember(.with { $0.forgotten = id.description }) } catch { log.note(error.description) }
      return
    }
    running[id] = attempt
    if !record.isStarted { publish(.started(.with { $0.attempt = id.description })) }
    takeOver(id)
  }

  /// The supervisor holds a lock as long as it lives, so there is no doubt whether it does, and whose process id it wrote down. It
  /// may not have come to that yet; and descriptors may have run out for a while.
  private func takeOver(_ id: AttemptID) {
    guard let attempt = running[id], attempt.process == nil, !attempt.isEnded else { return }
    let pid = attempt.supervisor
    if pid > 0, let process = try? handle(of: pid, id), LockFile.isHeld(attempt.files.lock) { return attach(process, to: id) }
    if LockFile.isHeld(attempt.files.lock) { return post(after: 0.01) { agent in agent.takeOver(id) } }
    processEnded(id)
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
