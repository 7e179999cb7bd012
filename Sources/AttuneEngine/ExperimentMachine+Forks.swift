import AttuneCore

/// A twin that has a number and no checkpoint yet.
struct PendingFork: Hashable, Sendable {
  /// What it waits for.
  enum Stage: Hashable, Sendable {
    /// The program has been asked for a checkpoint by the change of that number.
    case asked(number: Int)
    /// The program has taken notice; what it saves is whole when it reports the next step.
    case saving(AttemptID, Asked)
    /// The copy is ordered, of a checkpoint that was asked for or of the last one.
    case copying(Asked?)
  }

  /// A checkpoint that the program was asked for.
  struct Asked: Hashable, Sendable {
    /// Of the change that asked: what stands behind it in the trial's changes came later.
    let number: Int
    /// The steps completed when the program took notice.
    let step: Int
  }

  let parent: TrialID
  /// The change that is left out, with all after it.
  let before: Int?
  /// The number of the adoption that the copy is for, in place of a twin; see `+Exploits.swift`.
  var adoption: Int?
  var stage: Stage

  /// What the copy is to the trial that is given it.
  var role: CheckpointRole { adoption.map { .adopted($0) } ?? .own }
}

/// How a twin comes to be: a new trial with the configuration, the seed and the past of another, without some of its changes.
///
/// A twin takes no slot from anybody's limit and no part in the search: see Docs/Decisions/0008-twins.md.
extension ExperimentMachine {
  /// The tag of the trigger by which a program is asked for a checkpoint.
  static let checkpointTrigger = "attune.checkpoint"

  func checkFork(of id: TrialID, from start: ForkStart, before number: Int?) throws(CommandError) {
    guard let trial = history.trial(id) else { throw .unknownTrial(id, count: history.trials.count) }
    guard let number else { return }
    let known = trial.changes.filter { $0.trigger == nil && $0.number > 0 }
    guard let change = known.last(where: { $0.number == number }) else {
      throw .unknownChange(number, of: id, known: known.map(\.number))
    }
    guard start != .beginning else { return }
    guard let step = trial.checkpointStep, step <= change.step, start == .lastCheckpoint else {
      throw .checkpointTooLate(
        start == .lastCheckpoint ? trial.checkpointStep : trial.reports.last?.step, change: number, step: change.step)
    }
  }

  mutating func fork(_ id: TrialID, from start: ForkStart, before number: Int?, by who: String) -> [Action] {
    let twin = TrialID(history.trials.count + 1)
    // From its checkpoint on a trial may live another's life; from the first step it is what it was proposed as.
    let configuration = start == .beginning ? history[id].configuration : history[id].startConfiguration
    var trial = Trial(id: twin, configuration: configuration, proposer: who)
    trial.origin = Trial.Origin(trial: id, step: 0)
    history.append(trial)
    twinCount += 1
    touched.insert(twin)
    if awaited == twin { awaited = TrialID(twin.rawValue + 1) }
    if start == .beginning {
      // It lives through the changes again, up to the one that is left out; where none is named, through none.
      release(twin, of: id, at: 0, keeping: number == nil ? [] : upTo(number, of: id))
      guard history[id].hasInherited else { return [] }
      queue.removeAll { $0 == twin }
      return [inherit(twin, from: id, as: .inherited)]
    }
    if start == .freshCheckpoint, history[id].state == .running, let attempt = history[id].attempts.last?.id {
      changeCount += 1
      let request = ChangeRequest(number: changeCount, trial: id, wish: .fire(trigger: Self.checkpointTrigger), by: who, reason: "fork")
      pendingChanges[changeCount] = (attempt, request)
      forks[twin] = PendingFork(parent: id, before: number, stage: .asked(number: changeCount))
      return [.change(attempt, request)]
    }
    forks[twin] = PendingFork(parent: id, before: number, stage: .copying(nil))
    return [.copyCheckpoint(of: id, to: twin, as: .own)]
  }

  /// The program has seen the trigger, and saves now.
  mutating func checkpointAsked(_ change: Change, of attempt: AttemptID) {
    guard change.number > 0 else { return }
    let asked = PendingFork.Asked(number: change.number, step: change.step)
    for twin in waiting({ $0 == .asked(number: change.number) }) { forks[twin]?.stage = .saving(attempt, asked) }
  }

  /// The program has no such trigger, or cannot be reached: the last checkpoint has to do.
  mutating func checkpointRefused(_ number: Int) -> [Action] {
    let waiting = waiting { $0 == .asked(number: number) }
    // Schedulers ask again and again.
    if waiting.contains(where: { forks[$0]?.adoption != nil }) { missingTriggers.insert(Self.checkpointTrigger) }
    return waiting.map { copy(to: $0, nil) }
  }

  /// A program that has reported a later step has saved what it was asked for.
  mutating func copies(after report: Report, of attempt: AttemptID) -> [Action] {
    guard !forks.isEmpty else { return [] }
    var actions: [Action] = []
    for (twin, fork) in forks.sorted(by: { $0.key < $1.key }) {
      if case .saving(attempt, let asked) = fork.stage, report.step > asked.step { actions.append(copy(to: twin, asked)) }
    }
    return actions
  }

  /// What an attempt has not saved at its end, it never will.
  mutating func copiesAtEnd(of attempt: AttemptID) -> [Action] {
    guard !forks.isEmpty else { return [] }
    var actions: [Action] = []
    for (twin, fork) in forks.sorted(by: { $0.key < $1.key }) where fork.parent == attempt.trial {
      switch fork.stage {
      case .asked: actions.append(copy(to: twin, nil))
      case .saving(attempt, let asked): actions.append(copy(to: twin, asked))
      default: break
      }
    }
    return actions
  }

  mutating func checkpointCopied(_ twin: TrialID, _ problem: String?) {
    guard let fork = forks[twin], case .copying(let asked) = fork.stage, fork.adoption == nil else { return }
    forks[twin] = nil
    if let problem {
      history[twin].state = .failed
      history[twin].reason = problem
      touched.insert(twin)
      return
    }
    let step = step(ofCopy: fork, asked)
    if let asked, step == asked.step {
      let changes = history[fork.parent].present.changes
      let end = changes.firstIndex { $0.number == asked.number } ?? changes.endIndex
      return release(twin, of: fork.parent, at: asked.step, keeping: Array(changes[..<end]))
    }
    release(
      twin, of: fork.parent, at: step,
      keeping: upTo(fork.before, of: fork.parent, history[fork.parent].present.changes).filter { $0.step <= step })
  }

  /// The step of what was copied, as far as can be known from outside. One that was asked for is seen with the next report; one that is seen
  /// later has taken its place.
  func step(ofCopy fork: PendingFork, _ asked: PendingFork.Asked?) -> Int {
    let seen = history[fork.parent].checkpointStep
    if let asked, seen ?? 0 <= asked.step + 1 { return asked.step }
    return seen ?? history[fork.parent].reports.last?.step ?? 0
  }

  /// Orders without an answer, for a new controller.
  var copiesUnderWay: [Action] {
    forks.sorted { $0.key < $1.key }.compactMap { twin, fork in
      if case .copying = fork.stage { .copyCheckpoint(of: fork.parent, to: twin, as: fork.role) } else { nil }
    }
  }

  private func waiting(_ isWanted: (PendingFork.Stage) -> Bool) -> [TrialID] {
    forks.filter { isWanted($0.value.stage) }.keys.sorted()
  }

  private mutating func copy(to twin: TrialID, _ asked: PendingFork.Asked?) -> Action {
    forks[twin]?.stage = .copying(asked)
    return .copyCheckpoint(of: forks[twin]?.parent ?? twin, to: twin, as: forks[twin]?.role ?? .own)
  }

  /// The trial's changes before the one of that number; all of them without one.
  private func upTo(_ number: Int?, of id: TrialID, _ changes: [Change]? = nil) -> [Change] {
    let changes = changes ?? history[id].changes
    return Array(changes[..<(number.flatMap { number in changes.firstIndex { $0.number == number } } ?? changes.endIndex)])
  }

  /// Everything is there: the twin is next in the queue, so that it runs beside its trial as soon as a slot is free.
  private mutating func release(_ twin: TrialID, of parent: TrialID, at step: Int, keeping kept: [Change]) {
    let numbers = Set(kept.map(\.number)).subtracting([0])
    let leftOut = history[parent].changes.filter { $0.trigger == nil && !numbers.contains($0.number) }.map(\.number)
    history[twin].changes = kept
    history[twin].origin = Trial.Origin(trial: parent, step: step, kept: numbers.sorted(), leftOut: leftOut)
    queue.insert(twin, at: 0)
    touched.insert(twin)
  }
}
