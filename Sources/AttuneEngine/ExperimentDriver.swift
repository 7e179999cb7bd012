import AttuneCore
import AttuneMath

/// Gives the machine a clock, a journal, a proposer and a runner.
///
/// Everything that happens goes through one inbox: it is folded into the machine, written to the journal in one transaction with
/// everything else that waited, acknowledged to its source, and only then acted upon. When the journal cannot be written the
/// driver stops with an error, nothing is acknowledged, and what runs goes on under its agents until `resume`.
public actor ExperimentDriver {
  /// What drives need from outside.
  public struct Parts: Sendable {
    var journal: any Journal
    var runner: any Runner
    var proposer: any Proposer
    var clock: any DriverClock
    var isBrief: Bool

    /// - Parameters:
    ///   - clock: the time of events, and the alarm for time limits.
    ///   - isBrief: whether the driver lives for a question or two. That it took charge is then journaled with what first comes of it.
    public init(
      journal: any Journal, runner: any Runner, proposer: any Proposer, clock: any DriverClock = SystemClock(), isBrief: Bool = false
    ) {
      self.journal = journal
      self.runner = runner
      self.proposer = proposer
      self.clock = clock
      self.isBrief = isBrief
    }
  }

  /// Who waits for an answer to what a program outside wants.
  typealias OutsideContinuation = CheckedContinuation<Result<OutsideAnswer, CommandError>, Never>

  enum Input: Sendable {
    case seen(RunnerEvent)
    case commanded(Command, by: String, answer: CheckedContinuation<Result<Int, CommandError>, Never>)
    case outside(OutsideWish, answer: OutsideContinuation)
    case predicted(CurveRequest, CurvePrediction?)
    case tick
    /// The runner has given up; what runs goes on without us.
    case runnerGone
  }

  var machine: ExperimentMachine
  var parts: Parts
  private var proposals: ProposalSource
  let inbox = Inbox<Input>()
  /// The last number taken in from each source.
  private var taken: [String: Int] = [:]
  private var observers: [Int: AsyncStream<ExperimentUpdate>.Continuation] = [:]
  private var observerCount = 0
  private var alarm: Task<Void, Never>?
  /// `nil` when the scheduler predicts nothing.
  private let forecaster: Forecaster?
  /// Programs outside that wait for a trial, and when those that have one began; see `+Outside.swift`.
  var askers: [Slot: OutsideContinuation] = [:]
  var outsideStarts: [AttemptID: Timestamp] = [:]
  /// Events that the machine has seen and the journal has not.
  private var unwritten: [(event: Event, origin: JournalEntry.Origin?)] = []
  /// What was told and is not in the journal yet.
  var unanswered: [(trial: TrialID, answer: OutsideContinuation, kinds: [Event.Kind])] = []

  /// A driver for a new experiment, or for one that goes on: what the journal holds is folded first.
  /// - Throws: what the journal throws.
  public init(_ definition: ExperimentDefinition, scheduler: any Scheduler, parts: Parts) throws {
    self.parts = parts
    proposals = ProposalSource(definition, proposer: parts.proposer)
    forecaster = scheduler.predictor.map { Forecaster($0) }
    var (machine, taken, starts) = (ExperimentMachine(definition, scheduler: scheduler), self.taken, outsideStarts)
    try parts.journal.replay { entry in
      machine.fold(entry.event)
      if let origin = entry.origin { taken[origin.source] = max(taken[origin.source] ?? 0, origin.sequence) }
      if case .attemptStarted(let id) = entry.event.kind, machine.attempt(id)?.slot.isOutside == true { starts[id] = entry.event.time }
    }
    let open = Set(machine.occupants.values)
    (self.machine, self.taken, outsideStarts) = (machine, taken, starts.filter { open.contains($0.key) })
  }

  /// What the experiment file says.
  public var definition: ExperimentDefinition { machine.definition }
  /// The trials so far.
  public var history: History { machine.history }
  /// How it ended; `nil` while it goes on.
  public var outcome: Outcome? { machine.outcome }

  /// Runs the experiment until it ends or is interrupted. To be called once. A runner that gives up ends it as `interrupted`, and
  /// what runs is left to the next controller.
  /// - Throws: what the runner throws when it cannot be opened, or the journal when it cannot be written.
  public func run() async throws -> Outcome {
    defer { refuseWhatIsLeft() }
    if let outcome = machine.outcome, outcome != .interrupted {
      // The controller before may have died between the last entry and letting its agents go.
      await parts.runner.close()
      return outcome
    }
    // Programs outside are nobody's to look after.
    let running = machine.history.trials.flatMap(\.attempts).filter { $0.isStarted && $0.ending == nil && !$0.slot.isOutside }
    let events = try await parts.runner.open(
      acknowledged: taken, running: Dictionary(running.map { ($0.id, $0.slot) }, uniquingKeysWith: { $1 }))
    let pump = Task { [inbox] in
      for await event in events { inbox.put(.seen(event)) }
      inbox.put(.runnerGone)
    }
    defer {
      pump.cancel()
      alarm?.cancel()
    }
    try await take([(Event(time: parts.clock.now, .opened), nil)])
    while machine.outcome == nil {
      guard let batch = await inbox.next() else { throw CancellationError() }
      guard try await process(batch) else { return machine.outcome ?? .interrupted }
    }
    await parts.runner.close()
    return machine.outcome ?? .interrupted
  }

  /// Tells the experiment something; returns when it is in the journal.
  /// - Returns: the number of the change, after a `change` command; the number of the twin, after `fork`.
  /// - Throws: `CommandError` when it makes no sense now.
  @discardableResult
  public nonisolated func command(_ command: Command, by who: String) async throws(CommandError) -> Int {
    let result = await withCheckedContinuation { answer in
      if !inbox.put(.commanded(command, by: who, answer: answer)) { answer.resume(returning: .failure(.controllerGone)) }
    }
    return try result.get()
  }

  /// What is journaled from now on; slow readers lose the oldest.
  public func updates() -> AsyncStream<ExperimentUpdate> {
    let (stream, continuation) = AsyncStream<ExperimentUpdate>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    let number = observerCount
    observerCount += 1
    observers[number] = continuation
    continuation.onTermination = { [weak self] _ in
      Task { await self?.forget(observer: number) }
    }
    return stream
  }

  private func forget(observer number: Int) { observers[number] = nil }

  /// - Returns: whether the runner is still there.
  private func process(_ batch: [Input]) async throws -> Bool {
    var hasRunner = true
    var events: [(Event, JournalEntry.Origin?)] = []
    for input in batch {
      switch input {
      case .tick: events.append((Event(time: parts.clock.now, .tick), nil))
      case .predicted(let request, let prediction):
        let step = request.curve.steps.last ?? 0
        events.append((Event(time: parts.clock.now, .predicted(request.trial, at: step, prediction)), nil))
      case .runnerGone: hasRunner = false
      case .outside(let wish, let answer):
        try await take(events)
        events = []
        try await serve(wish, answer)
      case .seen(let seen): if let entry = admit(seen) { events.append(entry) }
      case .commanded(let command, let who, let answer):
        // A command is checked against the machine as it is when its turn comes, so the batch is cut here.
        do {
          try await take(events)
          events = []
          answer.resume(returning: try await obey(command, by: who))
        } catch {
          answer.resume(returning: .failure(.controllerGone))
          throw error
        }
      }
    }
    try await take(events)
    if !askers.isEmpty { try await refuseInVain() }
    return hasRunner
  }

  private func obey(_ command: Command, by who: String) async throws -> Result<Int, CommandError> {
    do { try machine.check(command) } catch { return .failure(error) }
    try await take([(Event(time: parts.clock.now, .commanded(command, by: who)), nil)])
    return .success(machine.answer(to: command))
  }

  /// Nobody waits for an answer that cannot come any more.
  private func refuseWhatIsLeft() {
    for input in inbox.close() {
      switch input {
      case .commanded(_, _, let answer): answer.resume(returning: .failure(.controllerGone))
      case .outside(_, let answer): answer.resume(returning: .failure(.controllerGone))
      default: break
      }
    }
    for answer in askers.values { answer.resume(returning: .failure(.controllerGone)) }
    for waiting in unanswered { waiting.answer.resume(returning: .failure(.controllerGone)) }
    (askers, unanswered) = ([:], [])
    for observer in observers.values { observer.finish() }
  }

  /// What a source tells twice is taken once.
  private func admit(_ seen: RunnerEvent) -> (Event, JournalEntry.Origin?)? {
    let event = Event(time: parts.clock.now, seen.kind)
    guard seen.sequence > 0 else { return (event, nil) }
    guard seen.sequence > taken[seen.source] ?? 0 else { return nil }
    taken[seen.source] = seen.sequence
    return (event, JournalEntry.Origin(source: seen.source, sequence: seen.sequence))
  }

  /// Machine, journal, acknowledgement, actions: in this order, until no action brings a new event.
  func take(_ first: [(Event, JournalEntry.Origin?)]) async throws {
    var events = first
    while !events.isEmpty {
      var actions: [Action] = []
      for (event, _) in events { actions += machine.handle(event) }
      unwritten += events.map { (event: $0.0, origin: $0.1) }
      if !canWait(events.map(\.0), before: actions) { try await write() }
      events = []
      for action in actions {
        if let answers = answersOutside(action) {
          events += answers.map { (Event(time: parts.clock.now, $0), nil) }
        } else if let answer = await perform(action) {
          events.append((answer, nil))
        }
      }
    }
  }

  /// Whether events may come into the journal together with those that answer the actions: a question of a program outside and the
  /// proposal for it, while nobody has seen anything of either. A process that only asks then needs one transaction, not four.
  private func canWait(_ events: [Event], before actions: [Action]) -> Bool {
    let areOurs = events.allSatisfy { event in
      switch event.kind {
      case .opened: parts.isBrief
      case .proposed: true
      case .slotOffered(let slot): slot.isOutside
      default: false
      }
    }
    return areOurs
      && actions.allSatisfy { action in
        switch action {
        case .propose: true
        case .start(_, let slot): slot.isOutside
        default: false
        }
      }
  }

  /// Brings the journal to where the machine is, and lets those know who wait for it.
  private func write() async throws {
    let touched = machine.takeTouched()
    try parts.journal.append(unwritten.map { JournalEntry($0.event, origin: $0.origin) }, updating: touched)
    let written = unwritten
    unwritten = []
    for (source, sequence) in Dictionary(written.compactMap(\.origin).map { ($0.source, $0.sequence) }, uniquingKeysWith: max) {
      await parts.runner.acknowledge(source, through: sequence)
    }
    let update = ExperimentUpdate(events: written.map(\.event), touched: touched, outcome: machine.outcome)
    for observer in observers.values { observer.yield(update) }
    settleOutside(after: update.events)
  }

  /// - Returns: the event that answers the action at once, if there is one.
  private func perform(_ action: Action) async -> Event? {
    switch action {
    case .propose: return Event(time: parts.clock.now, proposals.answer(for: machine))
    case .start(let attempt, let slot): await parts.runner.perform(.start(startOrder(attempt, slot)))
    case .stop(let attempt): await parts.runner.perform(.stop(attempt))
    case .suspend(let attempt): await parts.runner.perform(.suspend(attempt))
    case .resume(let attempt, let slot): await parts.runner.perform(.resume(attempt, slot))
    case .change(let attempt, let request): await parts.runner.perform(.change(attempt, request))
    case .copyCheckpoint(let trial, let heir, let role): await parts.runner.perform(.copyCheckpoint(of: trial, to: heir, as: role))
    case .predict(let request): predict(request)
    case .wake(let time): wake(at: time)
    case .finish: break
    }
    return nil
  }

  func startOrder(_ attempt: AttemptID, _ slot: Slot) -> Order.Start {
    let trial = machine.history[attempt.trial]
    return Order.Start(
      attempt: attempt, configuration: trial.startConfiguration, slot: slot, isResume: attempt.number > 1,
      seed: machine.definition.scriptSeed(of: machine.history[machine.history.root(of: attempt.trial)]), changes: trial.changesToRepeat,
      adoption: trial.nextCheckpoint)
  }

  /// Beside everything else: training goes on meanwhile.
  private func predict(_ request: CurveRequest) {
    guard let forecaster else { return _ = inbox.put(.predicted(request, nil)) }
    forecaster.predict(request) { [inbox] in inbox.put(.predicted(request, $0)) }
  }

  private func wake(at time: Timestamp) {
    alarm?.cancel()
    alarm = Task { [inbox, clock = parts.clock] in
      await clock.wait(until: time)
      if !Task.isCancelled { inbox.put(.tick) }
    }
  }
}
