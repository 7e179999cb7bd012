import AttuneCore
import AttuneValues

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How attempts give up their slots without ending, and how long those take that are asked to end themselves.
extension Agent {
  /// Stops the attempt's processes, or has a snapshot taken of them; the answer is a notice `suspended`, `ended` or `suspendFailed`. One that has been asked already is asked once.
  func suspend(_ id: AttemptID) {
    guard let attempt = running[id] else {
      if postponed[id] != nil { tellFailure(id, "attempt \(id) waits for room on the disk and has no process yet") }
      return
    }
    guard !attempt.isEnded, !attempt.isAskedToEnd, attempt.suspendOrdered == nil, attempt.pace == .running || attempt.pace == .thawing
    else { return }
    guard isSuspendedFromOutside else {
      return tellFailure(
        id, "attempt \(id) cannot be suspended from outside: the experiment says `suspend: \(configuration?.suspend ?? "")`")
    }
    suspensionOrdered(attempt)
    if attempt.pace == .running { freeze(attempt) }
  }

  /// Lets the attempt's processes go on; the answer is a notice `resumed`.
  func resume(_ id: AttemptID) {
    guard let attempt = running[id], !attempt.isEnded, !attempt.isAskedToEnd, attempt.pace == .frozen else { return }
    attempt.pace = .thawing
    attempt.process?.signal(SIGCONT)
  }

  /// Somebody wants the attempt's slot: from now on its time is taken, and limited.
  func suspensionOrdered(_ attempt: RunningAttempt) {
    let now = monotonicNanoseconds()
    attempt.suspendOrdered = now
    do throws(FleetError) {
      try remember(
        .with {
          $0.suspendOrdered.attempt = attempt.id.description
          $0.suspendOrdered.nanoseconds = UInt64(now)
        })
    } catch { log.note("\(error). After the agent's death, nobody will know when attempt \(attempt.id) was asked to give up its slot.") }
    limitSuspension(of: attempt)
  }

  /// Goes on where the agent before was, once the supervisor can be reached.
  func watchSuspension(of attempt: RunningAttempt) {
    attempt.paceNumber = PaceWord(reading: attempt.files.pace)?.number ?? 0
    guard attempt.suspendOrdered != nil else { return }
    if isSuspendedFromOutside { freeze(attempt) }
    limitSuspension(of: attempt)
  }

  /// Takes the supervisor's word on whether the processes are stopped.
  func notePace(of id: AttemptID) {
    guard let attempt = running[id], attempt.pace != .running, !attempt.isAskedToEnd, let word = PaceWord(reading: attempt.files.pace),
      word.number > attempt.paceNumber
    else { return }
    attempt.paceNumber = word.number
    switch (attempt.pace, word.state) {
    case (.freezing, .frozen(let bytes)): frozen(attempt, at: word.nanoseconds, bytes: bytes)
    case (.freezing, .failed(let problem)):
      attempt.pace = .running
      let what = takesSnapshots ? "no snapshot of attempt \(id) could be taken" : "attempt \(id) could not be stopped"
      fail(attempt, "\(what): \(problem)")
    case (.thawing, .running): thawed(attempt, at: word.nanoseconds)
    default: break
    }
  }

  /// What it took to get the attempt off its slot: a program that ended itself as it was asked to, or a snapshot; `nil` when nobody asked.
  func suspension(of attempt: RunningAttempt, hasSnapshot: Bool) -> Suspension? {
    let seconds = attempt.suspendOrdered.map { Double(monotonicNanoseconds() - $0) / 1e9 }
    if hasSnapshot { return Suspension(.criu, seconds: seconds ?? 0, bytes: Files.size(of: attempt.files.snapshot)) }
    guard let seconds else { return nil }
    return Suspension(.checkpoint, seconds: seconds, bytes: Files.size(of: attempt.files.checkpoint))
  }

  /// Whether programs are not asked.
  private var isSuspendedFromOutside: Bool { takesSnapshots || configuration?.suspend == SuspendMode.signal.rawValue }

  private func freeze(_ attempt: RunningAttempt) {
    attempt.pace = .freezing
    attempt.process?.signal(SIGUSR2)
  }

  private func frozen(_ attempt: RunningAttempt, at time: Int, bytes: Int) {
    attempt.pace = .frozen
    let ordered = attempt.suspendOrdered ?? time
    attempt.suspendOrdered = nil
    attempt.frozenTimes.begin(at: time)
    // What it printed before is told before.
    drain(attempt.id)
    publish(
      .suspended(
        .with {
          $0.attempt = attempt.id.description
          $0.suspension = ProtoSuspension(
            Suspension(.signal, seconds: Double(monotonicNanoseconds() - ordered) / 1e9, bytes: bytes))
          $0.nanoseconds = UInt64(max(1, time))
        }))
  }

  private func thawed(_ attempt: RunningAttempt, at time: Int) {
    attempt.pace = .running
    attempt.frozenTimes.end(at: time)
    publish(
      .resumed(
        .with {
          $0.attempt = attempt.id.description
          $0.nanoseconds = UInt64(max(1, time))
        }))
    if attempt.suspendOrdered != nil { freeze(attempt) }
  }

  /// A program that does not leave its slot in time keeps it.
  private func limitSuspension(of attempt: RunningAttempt) {
    guard let ordered = attempt.suspendOrdered, let limit = configuration?.suspendSeconds else { return }
    let id = attempt.id
    let left = limit - Double(monotonicNanoseconds() - ordered) / 1e9
    post(after: max(0, left)) { agent in
      guard let attempt = agent.running[id], attempt.suspendOrdered == ordered, !attempt.isEnded else { return }
      // CRIU is not to be disturbed: what it completes all the same ends the attempt, and the trial goes on from there.
      if attempt.pace == .freezing {
        attempt.pace = .running
        if !agent.takesSnapshots { attempt.process?.signal(SIGCONT) }
      }
      agent.fail(attempt, "attempt \(id) has not given up its slot within \(limit) s (limits.suspend); it runs on")
    }
  }

  private func fail(_ attempt: RunningAttempt, _ message: String) {
    attempt.suspendOrdered = nil
    tellFailure(attempt.id, message)
  }

  private func tellFailure(_ id: AttemptID, _ message: String) {
    publish(
      .suspendFailed(
        .with {
          $0.attempt = id.description
          $0.message = message
        }))
  }
}

/// What a supervisor has written down last about its command's processes.
private struct PaceWord {
  enum State {
    case running
    case frozen(bytes: Int)
    case failed(String)
  }

  let number: Int
  let state: State
  /// Of the system's monotonic clock.
  let nanoseconds: Int

  /// `nil` when it has written nothing.
  init?(reading path: String) {
    guard let document = Files.read(path).flatMap({ try? JSON(parsing: $0) }), let number = document["number"]?.int else { return nil }
    self.number = number
    nanoseconds = document["nanoseconds"]?.int ?? monotonicNanoseconds()
    switch document["state"]?.string {
    case "frozen": state = .frozen(bytes: document["bytes"]?.int ?? 0)
    case "failed": state = .failed(document["error"]?.string ?? "")
    default: state = .running
    }
  }
}
