import AttuneCore
import AttuneValues

/// How attempts end.
extension Agent {
  /// How long after its end an attempt's connections are given to bring what is still in them.
  private static let lastWordsSeconds = 2.0

  /// The supervisor is gone, and with it every process of the attempt.
  func processEnded(_ id: AttemptID) {
    guard let attempt = running[id], !attempt.isEnded else { return }
    attempt.isEnded = true
    attempt.process?.reap()
    watch.forget(attempt.files.directory)
    if !Files.exists(attempt.files.exit), attempt.supervisor > 0 { Orphans.kill(session: attempt.supervisor) }
    settle(id)
    if running[id] != nil { post(after: Self.lastWordsSeconds) { agent in agent.hearNoMore(id) } }
  }

  /// A connection that outlives every process of its attempt: somebody else holds it.
  private func hearNoMore(_ id: AttemptID) {
    for peer in Array(running[id]?.programs.keys ?? [:].keys) { hangUp(peer) }
  }

  /// Tells the end of an attempt after everything that it said before.
  func settle(_ id: AttemptID) {
    guard let attempt = running[id], attempt.isEnded else { return }
    guard isHealthy else { return leaveIfClosed() }
    // What a program said at last may still be on its way; the end of its connection comes behind it.
    guard attempt.programs.isEmpty else { return }
    takeLeftReports(of: attempt)
    while isHealthy { if readOutput(of: attempt, isFinal: true) { break } }
    guard isHealthy else { return }
    reportAuptimizerResult(of: attempt)
    for number in attempt.changes.keys.sorted() {
      refuse(number, of: attempt, "attempt \(id) ended before change \(number) took effect; nothing was changed")
    }
    let ending = ending(of: attempt)
    settleSnapshots(of: attempt, status: ending.cause.status, isSnapshot: ending.suspension?.mode == .criu)
    publish(.ended(ProtoAttemptEnded(id, ending)))
    forget(attempt)
  }

  private func forget(_ attempt: RunningAttempt) {
    attempt.output.close()
    attempt.errors.close()
    running[attempt.id] = nil
    session.wake()
    restartIdleTime()
    leaveIfClosed()
  }

  private func reportAuptimizerResult(of attempt: RunningAttempt) {
    guard let configuration, configuration.isAuptimizer, let value = AuptimizerResult.last(in: attempt.files.output) else { return }
    publish(
      .reported(
        .with {
          $0.attempt = attempt.id.description
          $0.step = UInt64(attempt.step + 1)
          $0.metrics = [configuration.metric: value]
          $0.elapsed = attempt.elapsed
        }))
  }

  private func ending(of attempt: RunningAttempt) -> Ending {
    let document = Files.read(attempt.files.exit).flatMap { try? JSON(parsing: $0) }
    let cause: Ending.Cause =
      if document?["timeLimit"]?.bool == true {
        .timeLimit
      } else if let status = document?["status"]?.int {
        .exited(status: status)
      } else if let signal = document?["signal"]?.int {
        .signalled(signal: signal)
      } else if let message = document?["error"]?.string {
        .notStarted(message: message)
      } else {
        .lost
      }
    return Ending(
      cause: cause, seconds: document?["seconds"]?.double ?? attempt.elapsed, tail: attempt.files.tail,
      cost: AttemptCost(ledger: Files.read(attempt.files.costs) ?? []), hasCheckpoint: attempt.checkpoint.hasChanged(),
      suspension: cause == .exited(status: 75) ? suspension(of: attempt, hasSnapshot: document?["snapshot"]?.bool == true) : nil)
  }
}

extension Ending.Cause {
  /// The exit status; `nil` when there was none.
  fileprivate var status: Int? { if case .exited(let status) = self { status } else { nil } }
}
