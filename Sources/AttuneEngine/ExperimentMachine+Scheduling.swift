import AttuneCore

/// What the scheduler of a trial's seed is told, and how its moves are obeyed.
///
/// Tests and twins are there for a comparison: no scheduler hears of them or moves them.
extension ExperimentMachine {
  mutating func moves(on occasion: Occasion) -> [Move] {
    let id = occasion.trial
    guard isSearched(history[id]) else { return [] }
    let seed = schedulers.count == 1 ? 0 : seedIndex(of: history[id])
    return ask(seed, of: held, canStartFresh: canPropose) { $0.moves(on: occasion, in: $1) }
  }

  mutating func tell(_ occasion: Occasion) -> [Action] {
    let moves = moves(on: occasion)
    return closing == nil && outcome == nil ? obey(moves) : []
  }

  mutating func obey(_ moves: [Move]) -> [Action] {
    moves.flatMap { move in
      switch move {
      case .stop(let id): giveUp(id)
      case .suspend(let id): history.trial(id).map(isSearched) == true ? suspend(id) : []
      case .exploit(let id, let donor, let configuration): exploit(id, from: donor, with: configuration)
      case .predict(let request): predict(request)
      }
    }
  }

  /// What the free slot is for: a trial that is resumed in it, or a proposal that is asked for; `nil` for nothing now. What the scheduler of
  /// any seed resumes comes before what is new.
  mutating func scheduled(for slot: Slot) -> Action? {
    var isFreshWanted = false
    for seed in schedulers.indices {
      switch ask(seed, of: held(by: seed, in: slot), canStartFresh: canPropose, { $0.next(in: $1) }) {
      case .resume(let id):
        guard held.contains(id), parked[id] == nil, canContinue(id, in: slot), seedIndex(of: history[id]) == seed else { continue }
        held.remove(id)
        return continueTrial(id, in: slot)
      case .fresh: isFreshWanted = true
      case .nothing: break
      }
    }
    guard canPropose else { return nil }
    isSated = !isFreshWanted
    guard isFreshWanted else { return nil }
    let next = TrialID(history.trials.count + 1)
    awaited = next
    return .propose(next)
  }

  /// An answer to a request that was replaced is late.
  mutating func predicted(_ id: TrialID, at step: Int, _ prediction: CurvePrediction?) -> [Action] {
    guard let request = predictions[id], request.curve.steps.last == step else { return [] }
    predictions[id] = nil
    return tell(.predicted(id, at: step, prediction))
  }

  /// What a scheduler can have go on in the slot.
  private func held(by seed: Int, in slot: Slot) -> Set<TrialID> {
    guard schedulers.count > 1 || !frozen.isEmpty || !parked.isEmpty else { return held }
    return held.filter { seedIndex(of: history[$0]) == seed && parked[$0] == nil && canContinue($0, in: slot) }
  }

  /// Asks a scheduler. What it is shown is gone when it has answered, so that what follows changes the state and no copy of it; and it is
  /// made member by member, as while the scheduler changes, the machine that it is part of could only be read as a copy.
  /// - Parameter held: the suspended trials that it is shown.
  private mutating func ask<Answer>(
    _ seed: Int, of held: Set<TrialID>, canStartFresh: Bool, _ question: (inout any Scheduler, Situation) -> Answer
  ) -> Answer {
    let situation = Situation(
      history: history, limits: definition.limits, seconds: activity.seconds, slots: slots.count, held: held,
      canStartFresh: canStartFresh, canSuspend: canSuspend, seed: definition.seed)
    return question(&schedulers[seed], situation)
  }

  private func seedIndex(of trial: Trial) -> Int { min(schedulers.count, trial.replica?.seed ?? 1) - 1 }

  private mutating func giveUp(_ id: TrialID) -> [Action] {
    guard let trial = history.trial(id), isSearched(trial), !trial.state.isFinal else { return [] }
    return giveUp(id, .scheduler)
  }

  /// Stops a trial, whether it has a process or only a checkpoint. One that has been started and is about to be again is passed over.
  mutating func giveUp(_ id: TrialID, _ reason: StopReason) -> [Action] {
    let trial = history[id]
    if let attempt = trial.attempts.last, attempt.ending == nil { return stop(attempt.id, reason) }
    guard held.contains(id) || parked[id] != nil else { return [] }
    held.remove(id)
    parked[id] = nil
    forgetExploit(of: id)
    let verdict = verdict(on: reason)
    history[id].state = verdict.state
    history[id].reason = verdict.reason
    predictions[id] = nil
    touched.insert(id)
    return judgeSeeds(after: id) + tell(.ended(id))
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
    case .reported(let id), .predicted(let id, _, _), .suspended(let id), .stayed(let id), .adopted(let id), .notAdopted(let id),
      .ended(let id):
      id
    }
  }
}
