import AttuneCore

/// How trials move: `waiting → running ⇄ suspended → completed | stopped | failed`.
extension ExperimentMachine {
  mutating func start(_ id: TrialID, in slot: Slot) -> Action {
    let attempt = AttemptID(trial: id, number: history[id].attempts.count + 1)
    history[id].attempts.append(Attempt(id: attempt, slot: slot))
    history[id].state = .running
    occupants[slot] = attempt
    noteTaken(slot)
    touched.insert(id)
    return .start(attempt, slot)
  }

  mutating func started(_ id: AttemptID) {
    // A copy that was to take the place of the checkpoint has taken it. One that a program loaded may be needed still.
    if attempt(id)?.isStarted == false { history[id.trial].nextCheckpoint = nil }
    update(id) { $0.isStarted = true }
  }

  /// Reports of an attempt that was asked to stop still count: the script did the work.
  mutating func reported(_ id: AttemptID, _ report: Report) -> [Action] {
    guard let attempt = attempt(id), attempt.ending == nil else { return [] }
    // Programs tell changes and reports in the order in which they were.
    let isFirst = history[id.trial].hasFreshAdoption
    record(report, of: id.trial, isContinuing: attempt.hasReported && !isFirst)
    noteCheckpoint(report, of: attempt)
    if isFirst { settleAdoption(of: id.trial, by: report) }
    update(id) {
      $0.hasReported = true
      $0.cost.take(AttemptCost(warmup: report.warmup))
    }
    if !earlyFailures.isProven, criteria.objectives.contains(where: { report.metrics[$0.metric]?.isFinite == true }) {
      earlyFailures.clear()
    }
    var actions = copies(after: report, of: id)
    let moves = moves(on: .reported(id.trial))
    guard closing == nil else { return actions }
    if attempt.stopRequest == nil {
      if reachesTarget(id.trial, isFirst: !attempt.hasReported) {
        return actions + stop(id, .target) + close(.targetReached(id.trial))
      }
      if let limit = definition.limits.steps, report.step >= limit { actions += stop(id, .stepLimit) }
    }
    return actions + obey(moves)
  }

  /// Whether a trial reaches the target by itself, now that it has reported.
  /// - Parameter isFirst: of its attempt. What came before it may have reached the target when the experiment was being interrupted.
  private func reachesTarget(_ id: TrialID, isFirst: Bool) -> Bool {
    guard criteria.seeds == nil, history[id].origin == nil else { return false }
    if meetsStopCriteria(history[id]) { return true }
    guard criteria.hasTarget else { return false }
    // The best of a curve gets better by its last report only: the whole of it need not be looked through at every step.
    if !isFirst, criteria.isSimple, let value = history[id].reports.last?.metrics[definition.objective.metric] {
      return value.isFinite && definition.objective.reachesTarget(value)
    }
    return criteria.reachesTarget(criteria.result(of: history[id]))
  }

  mutating func ended(_ id: AttemptID, _ ending: Ending) -> [Action] {
    guard let attempt = attempt(id), attempt.ending == nil else { return [] }
    update(id) {
      $0.isStarted = true
      $0.ending = ending
      if let cost = ending.cost { $0.cost.take(cost) }
    }
    if ending.hasCheckpoint { noteCheckpoint(of: id.trial, at: history[id.trial].reports.last?.step) }
    resuming.remove(id)
    // Whoever is in the slot of an attempt that was frozen is another one.
    if frozen.remove(id) == nil {
      occupants[attempt.slot] = nil
      noteFree(attempt.slot)
    }
    if pendingChanges.contains(where: { $0.value.attempt == id }) { pendingChanges = pendingChanges.filter { $0.value.attempt != id } }
    let pending = suspensions.removeValue(forKey: id.trial)
    let verdict = verdict(on: attempt, ending, wasAsked: pending != nil)
    history[id.trial].state = verdict.state
    history[id.trial].reason = verdict.reason
    var actions = copiesAtEnd(of: id)
    if verdict.state.isFinal {
      predictions[id.trial] = nil
      forgetExploit(of: id.trial)
      held.remove(id.trial)
      parked[id.trial] = nil
      if !attempt.slot.isOutside { actions += judgeEarly(id.trial, ending, verdict) }
      return actions + judgeSeeds(after: id.trial) + tell(.ended(id.trial))
    }
    if attempt.stopRequest == .adoption { return actions + heldForAdoption(id.trial) }
    actions += adoptAtEnd(of: id.trial)
    if verdict.state == .suspended, let pending { return actions + hold(id.trial, pending) }
    if held.contains(id.trial) || parked[id.trial] != nil {
      // What happens to one that is not to go on yet is made up for when it is.
      history[id.trial].state = .suspended
    } else if !queue.contains(id.trial) {
      // One that was frozen may have waited for a slot of its agent.
      queue.append(id.trial)
    }
    if !attempt.slot.isOutside { actions += judgeEarly(id.trial, ending, verdict) }
    return pending?.isScheduled == true ? actions + tell(.stayed(id.trial)) : actions
  }

  mutating func changed(_ id: AttemptID, _ change: Change) -> [Action] {
    pendingChanges[change.number] = nil
    guard history.trial(id.trial) != nil else { return [] }
    history[id.trial].changes.append(change)
    touched.insert(id.trial)
    checkpointAsked(change, of: id)
    return loaded(change, by: id)
  }

  mutating func stop(_ id: AttemptID, _ reason: StopReason) -> [Action] {
    guard let attempt = attempt(id), attempt.ending == nil else { return [] }
    // Who ends a trial that was to begin again ends it for good.
    guard attempt.stopRequest == nil || (attempt.stopRequest == .adoption && reason != .adoption) else { return [] }
    update(id) { $0.stopRequest = reason }
    return attempt.stopRequest == nil ? [.stop(id)] : []
  }

  func attempt(_ id: AttemptID) -> Attempt? {
    let (trial, number) = (id.trial.rawValue - 1, id.number - 1)
    guard history.trials.indices.contains(trial), history.trials[trial].attempts.indices.contains(number) else { return nil }
    return history.trials[trial].attempts[number]
  }

  mutating func update(_ id: AttemptID, _ change: (inout Attempt) -> Void) {
    guard history.trials.indices.contains(id.trial.rawValue - 1), history.trials[id.trial.rawValue - 1].attempts.count >= id.number else {
      return
    }
    change(&history[id.trial].attempts[id.number - 1])
    touched.insert(id.trial)
  }

  /// Where a restart would go on. The first step of a later attempt shows from where it really went on.
  private mutating func noteCheckpoint(_ report: Report, of attempt: Attempt) {
    let id = attempt.id
    if !attempt.hasReported, id.number > 1 { history[id.trial].checkpointStep = report.step > 1 ? report.step - 1 : nil }
    if !attempt.hasReported, id.number == 1, history[id.trial].origin != nil { history[id.trial].origin?.step = report.step - 1 }
    if report.hasCheckpoint { noteCheckpoint(of: id.trial, at: report.step) }
  }

  /// It has saved by itself: what it has loaded is not needed any more.
  private mutating func noteCheckpoint(of id: TrialID, at step: Int?) {
    history[id].checkpointStep = step
    history[id].nextCheckpoint = nil
  }

  /// A step reported again, as after a restart without a checkpoint, begins the rest of the curve anew; metrics reported
  /// separately at the last step are put together.
  private mutating func record(_ report: Report, of id: TrialID, isContinuing: Bool) {
    var report = report
    while let last = history[id].reports.last, last.step >= report.step {
      history[id].reports.removeLast()
      if last.step == report.step, isContinuing {
        report = Report(
          step: report.step, metrics: last.metrics.merging(report.metrics) { _, new in new }, elapsed: report.elapsed,
          warmup: last.warmup ?? report.warmup, hasCheckpoint: last.hasCheckpoint || report.hasCheckpoint)
      }
    }
    history[id].reports.append(report)
  }
}
