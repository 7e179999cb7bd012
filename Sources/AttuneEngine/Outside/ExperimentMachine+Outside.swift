import AttuneCore

extension ExperimentMachine {
  /// The attempt of a trial that was asked for and not told.
  func openAttempt(of id: TrialID) throws(CommandError) -> AttemptID {
    guard let trial = history.trial(id) else { throw .unknownTrial(id, count: history.trials.count) }
    guard let attempt = trial.attempts.last, trial.state == .running else { throw .notAsked(id, trial.state) }
    guard attempt.slot.isOutside else { throw .runsHere(id, attempt.slot) }
    return attempt.id
  }

  /// What is journaled of what a program outside tells.
  /// - Parameter elapsed: seconds since it asked.
  func events(of telling: Telling, _ attempt: AttemptID, elapsed: Double) throws(CommandError) -> [Event.Kind] {
    let reports = history[attempt.trial].reports
    let last = reports.last?.step ?? 0
    switch telling {
    case .step(let step, let metrics):
      guard step >= 1, !metrics.isEmpty else { throw .nothingTold(attempt.trial) }
      return [.reported(attempt, Report(step: step, metrics: metrics, elapsed: elapsed))]
    case .done(let metrics, let step):
      let known = metrics.keys.sorted()
      for metric in definition.objectives.map(\.metric)
      where metrics[metric] == nil && !reports.contains(where: { $0.metrics[metric] != nil }) {
        throw .objectiveMissing(attempt.trial, metric: metric, told: known)
      }
      let report = metrics.isEmpty ? nil : Report(step: max(1, step ?? last + 1), metrics: metrics, elapsed: elapsed)
      let ended = Event.Kind.attemptEnded(attempt, Ending(cause: .exited(status: 0), seconds: elapsed))
      return (report.map { [.reported(attempt, $0)] } ?? []) + [ended]
    case .failed(let reason):
      return [.attemptEnded(attempt, Ending(cause: .outside(message: reason ?? "told to have failed"), seconds: elapsed))]
    }
  }

  /// Why who asks now goes away with nothing; `nil` while something may come.
  var whyNothingComes: CommandError? {
    if let outcome = outcome ?? closing { return .experimentOver(outcome: "\(outcome)") }
    guard queue.isEmpty, awaited == nil, forks.isEmpty, heirs.isEmpty, slots.contains(where: { occupants[$0] == nil }) else { return nil }
    if !canAdmit { return .allAsked(limit: definition.limits.trials ?? history.trials.count) }
    return (isExhausted || definition.isPassive) && additions.isEmpty ? .exhausted(proposer: definition.proposer.name) : nil
  }
}
