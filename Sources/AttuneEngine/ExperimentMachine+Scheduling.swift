import AttuneCore

/// What the scheduler of a trial's seed is told, and how its moves are obeyed.
///
/// Tests and twins are there for a comparison: no scheduler hears of them or moves them.
extension ExperimentMachine {
  /// The tag of the trigger by which a program is asked to save a checkpoint and to exit with status 75.
  static let suspendTrigger = "attune.suspend"

  /// Whether a scheduler can take a running trial off its slot.
  var canSuspend: Bool { definition.suspend == .checkpoint }

  mutating func moves(on occasion: Occasion) -> [Move] {
    let id = occasion.trial
    guard isSearched(history[id]) else { return [] }
    let seed = schedulers.count == 1 ? 0 : seedIndex(of: history[id])
    return schedulers[seed].moves(on: occasion, in: situation(held: held, canStartFresh: canPropose))
  }

  mutating func tell(_ occasion: Occasion) -> [Action] {
    let moves = moves(on: occasion)
    return closing == nil && outcome == nil ? obey(moves) : []
  }

  mutating func obey(_ moves: [Move]) -> [Action] {
    moves.flatMap { move in
      switch move {
      case .stop(let id): giveUp(id)
      case .suspend(let id): suspend(id)
      case .predict(let request): predict(request)
      }
    }
  }

  /// What the free slot is for: a trial that is resumed in it, or a proposal that is asked for; `nil` for nothing now.
  mutating func scheduled(for slot: Slot) -> Action? {
    for seed in schedulers.indices {
      let canStartFresh = seed == 0 && canPropose
      switch next(of: seed, canStartFresh: canStartFresh) {
      case .resume(let id):
        guard held.contains(id), schedulers.count == 1 || seedIndex(of: history[id]) == seed else { continue }
        held.remove(id)
        return start(id, in: slot)
      case .fresh:
        guard canStartFresh else { continue }
        let next = TrialID(history.trials.count + 1)
        awaited = next
        return .propose(next)
      case .nothing: isSated = isSated || canStartFresh
      }
    }
    return nil
  }

  /// Asks a scheduler. What it is shown is gone when it has answered, so that what follows changes the state and no copy of it.
  private mutating func next(of seed: Int, canStartFresh: Bool) -> Next {
    let mine = schedulers.count == 1 ? held : held.filter { seedIndex(of: history[$0]) == seed }
    return schedulers[seed].next(in: situation(held: mine, canStartFresh: canStartFresh))
  }

  /// The program does not know how, or cannot be reached: it runs on.
  mutating func suspensionRefused(_ number: Int, of id: TrialID) -> [Action] {
    guard suspensions[id] == number else { return [] }
    suspensions[id] = nil
    return tell(.stayed(id))
  }

  /// An answer to a request that was replaced is late.
  mutating func predicted(_ id: TrialID, at step: Int, _ prediction: CurvePrediction?) -> [Action] {
    guard let request = predictions[id], request.curve.steps.last == step else { return [] }
    predictions[id] = nil
    return tell(.predicted(id, at: step, prediction))
  }

  private func situation(held: Set<TrialID>, canStartFresh: Bool) -> Situation {
    Situation(
      history: history, limits: definition.limits, seconds: activity.seconds, slots: slots.count, held: held,
      canStartFresh: canStartFresh, canSuspend: canSuspend)
  }

  private func seedIndex(of trial: Trial) -> Int { min(schedulers.count, trial.replica?.seed ?? 1) - 1 }

  private mutating func giveUp(_ id: TrialID) -> [Action] {
    guard let trial = history.trial(id), isSearched(trial), !trial.state.isFinal else { return [] }
    if trial.state == .running { return trial.attempts.last.map { stop($0.id, .scheduler) } ?? [] }
    guard held.remove(id) != nil else { return [] }
    history[id].state = .stopped
    history[id].reason = Verdict.stopped(by: definition.scheduler)
    predictions[id] = nil
    touched.insert(id)
    return judgeSeeds(after: id) + tell(.ended(id))
  }

  private mutating func suspend(_ id: TrialID) -> [Action] {
    guard canSuspend, suspensions[id] == nil, let trial = history.trial(id), isSearched(trial), let attempt = trial.attempts.last,
      attempt.ending == nil, attempt.stopRequest == nil, !attempt.slot.isOutside
    else { return [] }
    changeCount += 1
    suspensions[id] = changeCount
    let request = ChangeRequest(
      number: changeCount, trial: id, wish: .fire(trigger: Self.suspendTrigger), by: definition.scheduler.name,
      reason: "its slot is for another trial")
    pendingChanges[changeCount] = (attempt.id, request)
    return [.change(attempt.id, request)]
  }

  private mutating func predict(_ request: CurveRequest) -> [Action] {
    guard let trial = history.trial(request.trial), !trial.state.isFinal, !request.curve.steps.isEmpty else { return [] }
    predictions[request.trial] = request
    return [.predict(request)]
  }
}

extension Occasion {
  /// Whom it is about.
  fileprivate var trial: TrialID {
    switch self {
    case .reported(let id), .predicted(let id, _, _), .suspended(let id), .stayed(let id), .ended(let id): id
    }
  }
}
