import AttuneCore

/// An experiment as a value: events go in, what is to be done comes out.
///
/// It does no input or output, reads no clock and draws no random number, so that folding the same events gives the same state
/// anywhere: after a crash, in a test, in the simulator. Only it moves a trial. The transitions of trials are in
/// `ExperimentMachine+Trials.swift`, what the scheduler wants in `+Scheduling.swift`, how
/// they leave their slots and come back in `+Suspension.swift`, how they adopt what others have come to in `+Exploits.swift`, commands in `+Commands.swift`, what trials begin
/// with in `+Forks.swift` and `+Inheritance.swift`, the way an experiment ends in `+Ending.swift`.
public struct ExperimentMachine: Sendable {
  /// What the experiment file says.
  public let definition: ExperimentDefinition
  /// What counts as better, by the definition.
  let criteria: Criteria
  /// The trials so far.
  public internal(set) var history: History
  /// How the experiment, or this run of it, ended; `nil` while it goes on.
  public internal(set) var outcome: Outcome?
  /// Trials changed since `takeTouched` was last called.
  var touched = TouchedTrials()

  /// One for each tuning seed, as a seed is fairly compared with the same seed of other configurations only.
  var schedulers: [any Scheduler]
  /// Trials that the scheduler has taken off their slots, see `+Scheduling.swift`.
  var held: Set<TrialID> = []
  /// Trials that have been asked to give up their slots, see `+Suspension.swift`.
  var suspensions: [TrialID: PendingSuspension] = [:]
  /// Attempts whose processes are stopped, and those that are to go on and have not said so yet.
  var frozen: Set<AttemptID> = []
  var resuming: Set<AttemptID> = []
  /// Trials that a person has suspended, with the person.
  var parked: [TrialID: String] = [:]
  /// Predictions without an answer.
  var predictions: [TrialID: CurveRequest] = [:]
  /// The scheduler wants nothing for a free slot, although there would be something new.
  var isSated = false
  /// Slots that the runner offers in this run, free or not.
  var slots: Set<Slot> = []
  /// Those among them that nobody holds, in order.
  var freeSlots: [Slot] = []
  /// The attempt that holds a slot, or held it when its controller left.
  var occupants: [Slot: AttemptID] = [:]
  /// Trials that want a slot, in the order in which they get one.
  var queue: [TrialID] = []
  /// Configurations that people gave, tried before the proposer is asked again.
  var additions: [Addition] = []
  /// The trial a proposal is awaited for. One at a time, so that every proposal sees the one before it.
  var awaited: TrialID?
  /// The proposer has no more.
  var isExhausted = false
  /// Why there is nothing more to try, in words; `nil` when nobody said.
  var exhaustion: String?
  /// Points of `definition.startWith` that were proposed or passed over, see `+Space.swift`.
  var startsTaken = 0
  /// Why everything is being brought to an end; `nil` while it is not.
  var closing: Outcome?
  /// Twins that wait for their checkpoint.
  var forks: [TrialID: PendingFork] = [:]
  /// Trials that wait for a copy of the checkpoint they are to begin with, see `+Inheritance.swift`.
  var heirs: [TrialID: PendingInheritance] = [:]
  /// Trials that are to adopt what another one has come to, see `+Exploits.swift`.
  var exploits: [TrialID: PendingExploit] = [:]
  /// Exploits that were begun so far.
  var exploitCount = 0
  /// Triggers that the script's programs do not have: they are not asked again.
  var missingTriggers: Set<String> = []
  /// Twins among the trials.
  var twinCount = 0
  /// Replicas among the trials, see `+Seeds.swift`.
  var replicaCount = 0
  /// How the experiment will end when the best configuration has been tested with other seeds; `nil` before that has begun.
  var testing: Outcome?
  /// Changes without an answer, by number.
  var pendingChanges: [Int: (attempt: AttemptID, request: ChangeRequest)] = [:]
  /// Numbers given to change requests so far.
  var changeCount = 0
  /// Endings before anything worked, see `+Ending.swift`.
  var earlyFailures = EarlyFailures()
  /// Seconds the experiment has been active, and when the last event came.
  var activity = Activity()

  /// A person's configuration.
  struct Addition: Hashable, Sendable {
    let configuration: Configuration
    let by: String
  }

  /// A machine before its first event.
  /// - Parameter scheduler: in its initial state; folding brings it to where it was.
  public init(_ definition: ExperimentDefinition, scheduler: any Scheduler) {
    self.definition = definition
    criteria = definition.criteria
    schedulers = Array(repeating: scheduler, count: max(1, definition.seeds?.tune ?? 1))
    history = History(
      space: definition.space, objectives: definition.objectives, outcomeConstraints: definition.outcomeConstraints,
      seeds: definition.seeds, prior: definition.prior.map(\.trial))
  }

  /// Takes in what happened.
  /// - Returns: what is to be done about it, in order, once the event is in the journal.
  public mutating func handle(_ event: Event) -> [Action] {
    activity.advance(to: event.time, isOpening: event.kind == .opened)
    var actions = react(to: event.kind)
    guard outcome == nil else { return actions }
    if let limit = definition.limits.time, activity.seconds >= limit { actions += close(.timeLimit) }
    actions += startWaiting()
    actions += finishIfDone()
    return actions
  }

  /// Brings the machine to where the journal ends; nothing is done again.
  public mutating func fold(_ events: some Sequence<Event>) {
    for event in events { fold(event) }
  }

  /// Takes in what the journal says next; nothing is done again.
  public mutating func fold(_ event: Event) {
    _ = handle(event)
    forgetTouched()
  }

  /// The trials that changed since the last call, in order.
  public mutating func takeTouched() -> [Trial] {
    defer { forgetTouched() }
    return touched.sorted.map { history[$0] }
  }

  /// For those who keep no record of the trials.
  public mutating func forgetTouched() { touched.removeAll() }

  private mutating func react(to kind: Event.Kind) -> [Action] {
    switch kind {
    case .opened: return reopen()
    case .slotOffered(let slot):
      slots.insert(slot)
      noteFree(slot)
    case .slotLost(let slot):
      slots.remove(slot)
      noteTaken(slot)
    case .proposed(let configuration?, let by, let parent, let note):
      guard accepts(proposalBy: by) else { return [] }
      return admit(Proposal(history.space.normalized(configuration), parent: parent, note: note), by: by)
    case .proposed(configuration: nil, _, _, let note):
      dropReplaced()
      awaited = nil
      isExhausted = true
      exhaustion = note
    case .proposalFailed(let message):
      awaited = nil
      return close(.failed(message: message))
    case .attemptStarted(let id): started(id)
    case .reported(let id, let report): return reported(id, report)
    case .attemptEnded(let id, let ending): return ended(id, ending)
    case .suspended(let id, _): return suspended(id)
    case .suspendFailed(let id, _): return suspendFailed(id)
    case .resumed(let id): resuming.remove(id)
    case .changed(let id, let change): return changed(id, change)
    case .refused(let id, let number, _):
      pendingChanges[number] = nil
      return checkpointRefused(number) + suspensionRefused(number, of: id.trial) + loadRefused(number, by: id)
    case .predicted(let id, let step, let prediction): return predicted(id, at: step, prediction)
    case .checkpointCopied(let id, let problem, let adoption?): return copied(for: id, adoption, problem)
    case .checkpointCopied(let id, let problem, nil):
      checkpointCopied(id, problem)
      inherited(id, problem)
    case .commanded(let command, let by): return obey(command, by: by)
    case .tick: break
    }
    return []
  }
}

extension ExperimentMachine {
  /// A controller took charge: what has no answer yet is asked for again. Every action may be repeated without harm.
  private mutating func reopen() -> [Action] {
    slots = []
    freeSlots = []
    if outcome == .interrupted { outcome = nil }
    if closing == .interrupted { closing = nil }
    guard outcome == nil else { return [] }
    var actions: [Action] = []
    for id in occupants.values.sorted() + frozen.sorted() {
      guard let attempt = attempt(id) else { continue }
      if !attempt.isStarted { actions.append(.start(id, attempt.slot)) }
      if attempt.stopRequest != nil { actions.append(.stop(id)) }
    }
    actions += suspensionsUnderWay
    actions += pendingChanges.sorted { $0.key < $1.key }.map { .change($0.value.attempt, $0.value.request) }
    actions += copiesUnderWay + inheritancesUnderWay + predictions.sorted { $0.key < $1.key }.map { .predict($0.value) }
    if let awaited { actions.append(.propose(awaited)) }
    if let limit = definition.limits.time, let now = activity.last { actions.append(.wake(at: now + max(0, limit - activity.seconds))) }
    return actions
  }

  /// Fills free slots: first trials that wait, then what people gave, then as the scheduler wants it.
  mutating func startWaiting() -> [Action] {
    isSated = false
    guard closing == nil, !freeSlots.isEmpty else { return [] }
    var actions: [Action] = []
    // A slot each is kept for trials that wait for what they begin with.
    var kept = heirs.count
    // What is frozen goes on with its own agent only, so there may be nothing for one agent's slots and something for another's.
    var declined: Set<String> = []
    for slot in freeSlots where !declined.contains(slot.agent) {
      if queue.isEmpty, awaited == nil, canAdmit, !additions.isEmpty {
        let addition = additions.removeFirst()
        actions += admit(Proposal(addition.configuration), by: addition.by)
      }
      if let next = queue.firstIndex(where: { canContinue($0, in: slot) }) {
        actions.append(continueTrial(queue.remove(at: next), in: slot))
      } else if kept > 0 {
        kept -= 1
      } else {
        guard awaited == nil else { break }
        if let action = scheduled(for: slot) {
          actions.append(action)
        } else {
          guard !frozen.isEmpty else { break }
          declined.insert(slot.agent)
        }
      }
    }
    return actions
  }

  /// Whether the limit on trials leaves room for one more.
  var canAdmit: Bool { testing == nil && (definition.limits.trials.map { proposalCount < $0 } ?? true) }

  /// Whether the proposer can be asked for another trial.
  var canPropose: Bool { canAdmit && !isExhausted && !definition.isPassive }

  /// Configurations among the trials.
  var proposalCount: Int { history.trials.count - twinCount - replicaCount }

  /// A slot is offered or given back: it is free if it is both.
  mutating func noteFree(_ slot: Slot) {
    guard slots.contains(slot), occupants[slot] == nil else { return }
    let place = placeAmongFree(slot)
    if place == freeSlots.endIndex || freeSlots[place] != slot { freeSlots.insert(slot, at: place) }
  }

  /// A slot is lost or taken.
  mutating func noteTaken(_ slot: Slot) {
    let place = placeAmongFree(slot)
    if place < freeSlots.endIndex, freeSlots[place] == slot { freeSlots.remove(at: place) }
  }

  private func placeAmongFree(_ slot: Slot) -> Int {
    var (low, high) = (freeSlots.startIndex, freeSlots.endIndex)
    while low < high {
      let middle = (low + high) / 2
      if freeSlots[middle] < slot { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func admit(_ proposal: Proposal, by: String) -> [Action] {
    let id = TrialID(history.trials.count + 1)
    let trial = Trial(id: id, configuration: proposal.configuration, proposer: by, parent: proposal.parent, note: proposal.note)
    return enqueue(trial) + addReplicas(of: id)
  }

  /// A new trial wants a slot, or first what it is to begin with.
  mutating func enqueue(_ trial: Trial) -> [Action] {
    history.append(trial)
    touched.insert(trial.id)
    if let parent = parentOf(trial.id) { return [inherit(trial.id, from: parent, as: .parents)] }
    queue.append(trial.id)
    return []
  }
}
