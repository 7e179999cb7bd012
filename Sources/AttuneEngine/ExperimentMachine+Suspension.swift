import AttuneCore

/// A trial that has been asked to give up its slot.
struct PendingSuspension: Hashable, Sendable {
  /// The change that fires its program's trigger; `nil` where it is taken off its slot from outside.
  let number: Int?
  /// Whether the scheduler wants it, and has to be told what came of it.
  var isScheduled: Bool
}

/// How running trials give up their slots and go on.
///
/// In `checkpoint` mode the program ends itself with exit status 75, in `criu` mode the agent ends it so: what goes on is another attempt.
/// In `signal` mode the attempt does not end; it is `frozen`, and goes on in any slot of its agent.
extension ExperimentMachine {
  /// The tag of the trigger by which a program is asked to save a checkpoint and to exit with status 75.
  static let suspendTrigger = "attune.suspend"

  /// Whether trials can be taken off their slots.
  var canSuspend: Bool { definition.suspend != .none }

  /// Takes a running trial off its slot; what makes no sense is passed over.
  /// - Parameter who: the person who wants it; `nil` for the scheduler.
  mutating func suspend(_ id: TrialID, by who: String? = nil) -> [Action] {
    guard canSuspend, let trial = history.trial(id), trial.state == .running, let attempt = trial.attempts.last, attempt.ending == nil,
      attempt.stopRequest == nil, !attempt.slot.isOutside
    else { return [] }
    guard suspensions[id] == nil else {
      if who == nil { suspensions[id]?.isScheduled = true }
      return []
    }
    guard definition.suspend == .checkpoint else {
      suspensions[id] = PendingSuspension(number: nil, isScheduled: who == nil)
      return [.suspend(attempt.id)]
    }
    changeCount += 1
    suspensions[id] = PendingSuspension(number: changeCount, isScheduled: who == nil)
    let request = ChangeRequest(
      number: changeCount, trial: id, wish: .fire(trigger: Self.suspendTrigger), by: who ?? definition.scheduler.name,
      reason: who == nil ? "its slot is for another trial" : nil)
    pendingChanges[changeCount] = (attempt.id, request)
    return [.change(attempt.id, request)]
  }

  /// The attempt's processes are stopped. What a twin was to begin with they do not save any more.
  mutating func suspended(_ id: AttemptID) -> [Action] {
    guard let attempt = attempt(id), attempt.ending == nil, !frozen.contains(id) else { return [] }
    let pending = suspensions.removeValue(forKey: id.trial)
    // It is about to end, stopped or not.
    guard attempt.stopRequest == nil else { return [] }
    // Taken for failed meanwhile: nobody waits for it, so it goes on.
    guard let pending else { return [resume(id, in: attempt.slot)] }
    frozen.insert(id)
    occupants[attempt.slot] = nil
    noteFree(attempt.slot)
    history[id.trial].state = .suspended
    touched.insert(id.trial)
    return copiesAtEnd(of: id) + hold(id.trial, pending)
  }

  /// A trial has left its slot as it was asked to.
  mutating func hold(_ id: TrialID, _ pending: PendingSuspension) -> [Action] {
    if let who = parked[id] { history[id].reason = "suspended by \(who)" }
    guard pending.isScheduled else { return [] }
    held.insert(id)
    return tell(.suspended(id))
  }

  /// The program does not know how, cannot be reached or takes too long: it runs on.
  mutating func suspensionFailed(_ id: TrialID) -> [Action] {
    guard let pending = suspensions.removeValue(forKey: id) else { return [] }
    parked[id] = nil
    return pending.isScheduled ? tell(.stayed(id)) : []
  }

  /// An agent could not suspend an attempt.
  mutating func suspendFailed(_ id: AttemptID) -> [Action] {
    history.trial(id.trial)?.attempts.last?.id == id ? suspensionFailed(id.trial) : []
  }

  /// A program refused the change of that number, which may have been what was to suspend it.
  mutating func suspensionRefused(_ number: Int, of id: TrialID) -> [Action] {
    suspensions[id]?.number == number ? suspensionFailed(id) : []
  }

  /// Gives the trial the slot: its frozen attempt goes on, or a new one begins.
  mutating func continueTrial(_ id: TrialID, in slot: Slot) -> Action {
    guard let attempt = history[id].attempts.last?.id, frozen.contains(attempt) else { return start(id, in: slot) }
    return resume(attempt, in: slot)
  }

  /// Whether the trial can go on there: memory does not move to another agent, nor is it of use when its processes are being ended.
  func canContinue(_ id: TrialID, in slot: Slot) -> Bool {
    guard !frozen.isEmpty, let attempt = history[id].attempts.last, frozen.contains(attempt.id) else { return true }
    return attempt.slot.agent == slot.agent && attempt.stopRequest == nil
  }

  /// Ends what is frozen, which goes on for that.
  mutating func stopFrozen(_ reason: StopReason) -> [Action] { frozen.sorted().flatMap { stop($0, reason) } }

  /// Orders without an answer, for a new controller.
  var suspensionsUnderWay: [Action] {
    let suspends = suspensions.filter { $0.value.number == nil }.keys.sorted().compactMap { history[$0].attempts.last.map { $0.id } }
    return suspends.map { .suspend($0) } + resuming.sorted().compactMap { id in attempt(id).map { .resume(id, $0.slot) } }
  }

  private mutating func resume(_ id: AttemptID, in slot: Slot) -> Action {
    frozen.remove(id)
    resuming.insert(id)
    history[id.trial].state = .running
    update(id) { $0.slot = slot }
    occupants[slot] = id
    noteTaken(slot)
    return .resume(id, slot)
  }
}

/// What people say of it. What they have suspended, no scheduler resumes.
extension ExperimentMachine {
  func checkSuspend(_ id: TrialID) throws(CommandError) {
    guard let trial = history.trial(id) else { throw .unknownTrial(id, count: history.trials.count) }
    guard canSuspend else { throw .cannotSuspend(id) }
    if let who = parked[id] { throw .suspendedAlready(id, by: who) }
    let isRunning = trial.state == .running && trial.attempts.last?.stopRequest == nil && trial.attempts.last?.slot.isOutside == false
    guard isRunning || held.contains(id) else { throw .notSuspendable(id, state: trial.state) }
  }

  func checkResume(_ id: TrialID) throws(CommandError) {
    guard let trial = history.trial(id) else { throw .unknownTrial(id, count: history.trials.count) }
    guard parked[id] != nil else {
      throw .notSuspended(id, state: trial.state, scheduler: held.contains(id) ? definition.scheduler.name : nil)
    }
    guard trial.state != .running else { throw .suspendingStill(id) }
  }

  mutating func park(_ id: TrialID, by who: String) -> [Action] {
    parked[id] = who
    if held.contains(id) { history[id].reason = "suspended by \(who)" }
    touched.insert(id)
    return suspend(id, by: who)
  }

  /// What the scheduler holds as well is the scheduler's again; the rest is next in line.
  mutating func unpark(_ id: TrialID) -> [Action] {
    parked[id] = nil
    history[id].reason = nil
    touched.insert(id)
    if !held.contains(id) { queue.append(id) }
    return []
  }
}
