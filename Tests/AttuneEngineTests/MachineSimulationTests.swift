import AttuneCore
import AttuneMath
import AttuneSchedulers
import AttuneTesting
import Testing

@testable import AttuneEngine

/// Whole experiments against a simulated world, the controller killed at random moments: between the journal and the actions, and
/// with events under way. A failing seed replays the failure.
@Suite struct MachineSimulationTests {
  /// Every third experiment runs its configurations with several seeds, every other one suspends them after every step.
  @Test(arguments: UInt64(1)...200)
  func nothingIsLostOrDoubled(seed: UInt64) throws {
    var run = try SimulatedRun(seed: seed)
    try run.toTheEnd()
    let trials = run.machine.history.trials
    #expect(trials.count(where: \.isProposal) == SimulatedRun.trialLimit)
    try checkSeeds(of: run.machine)
    #expect(run.machine.forks.isEmpty && run.machine.twinCount == trials.count { $0.origin != nil })
    #expect(trials.allSatisfy { $0.state.isFinal }, "a trial is stuck")
    #expect(run.world.running.isEmpty, "a process is left")
    #expect(run.world.starts.values.allSatisfy { $0 == 1 })
    #expect(Set(run.world.starts.keys) == Set(trials.flatMap(\.attempts).map(\.id)), "attempts and processes differ")
    for trial in trials where trial.state == .completed {
      #expect(trial.reports.map(\.step) == Array(1...SimulatedRun.steps), "trial \(trial.id) lost or doubled a report")
    }
    #expect(run.machine.frozen.isEmpty && run.machine.parked.isEmpty && run.machine.suspensions.isEmpty)
    #expect(run.machine.held.isEmpty && run.machine.predictions.isEmpty && (!run.isTakingTurns || run.suspensions > 0))
    #expect(run.machine.heirs.isEmpty && Set(trials.filter(\.hasInherited).map(\.id)) == run.world.heirs, "what was inherited is not known")
    let acknowledged = run.journal.compactMap(\.origin?.sequence)
    #expect(acknowledged == Array(1...acknowledged.count), "an event of the world is missing or doubled")
  }

  @Test(arguments: UInt64(1)...50)
  func foldingGivesTheSameState(seed: UInt64) throws {
    var run = try SimulatedRun(seed: seed)
    try run.toTheEnd()
    var folded = try run.freshMachine()
    folded.fold(run.journal.map(\.event))
    #expect(folded.history == run.machine.history)
    #expect(folded.outcome == run.machine.outcome)
    #expect(folded.history.space == run.machine.history.space && folded.awaited == run.machine.awaited)
    #expect(folded.frozen == run.machine.frozen && folded.parked == run.machine.parked && folded.resuming == run.machine.resuming)
    #expect(folded.held == run.machine.held && folded.suspensions == run.machine.suspensions)
    #expect(folded.testing == run.machine.testing && folded.replicaCount == run.machine.replicaCount)
    #expect(folded.queue == run.machine.queue && folded.occupants == run.machine.occupants && folded.slots == run.machine.slots)
  }
}

extension MachineSimulationTests {
  /// Every configuration has all its seeds, the best its test, and no number is used twice where it must not be.
  private func checkSeeds(of machine: ExperimentMachine) throws {
    let (history, definition) = (machine.history, machine.definition)
    guard let seeds = definition.seeds else { return }
    for trial in history.trials where trial.isProposal {
      let replicas = history.replicas(of: trial.id)
      #expect(replicas.count == seeds.tune && replicas.dropFirst().map(\.replica?.seed) == Array(2...seeds.tune))
      #expect(replicas.allSatisfy { $0.configuration == trial.configuration })
      #expect(Set(replicas.map(definition.scriptSeed(of:))).count == seeds.tune)
    }
    let tests = history.trials.filter { $0.replica?.phase == .test }
    #expect(tests.count == (history.best == nil ? 0 : seeds.test))
    #expect(tests.allSatisfy { $0.replica?.trial == history.best?.trial.id }, "another than the best was tested")
    let numbers = (history.replicas(of: TrialID(1)) + tests).map(definition.scriptSeed(of:))
    #expect(Set(numbers).count == numbers.count, "a test seed was used for tuning")
    let seen = history.forProposers
    #expect(seen.trials.count == SimulatedRun.trialLimit && seen.best?.value == history.best?.value)
    #expect(seen.best.map { history.number(ofProposal: $0.trial.id) } == history.best?.trial.id)
  }
}

/// A controller, its journal and the world.
struct SimulatedRun {
  static let trialLimit = 12
  static let steps = 4
  var machine: ExperimentMachine
  var world: SimulatedWorld
  var journal: [JournalEntry] = []
  private var taken = 0
  private var random: RandomStream
  private var time = 0.0
  /// What waits for a predictor; a controller that dies takes it along.
  private var requests: [CurveRequest] = []
  private var personalSuspensions = 0
  let isTakingTurns: Bool
  let definition: ExperimentDefinition

  init(seed: UInt64) throws {
    isTakingTurns = seed.isMultiple(of: 2)
    definition = try Self.definition(
      seeds: seed.isMultiple(of: 3) ? Seeds(tune: 3, test: 4, summary: .median) : nil,
      suspend: !isTakingTurns ? .none : seed % 4 == 0 ? .signal : .checkpoint)
    machine = try Self.machine(definition, isTakingTurns)
    world = SimulatedWorld(seed: seed, steps: Self.steps)
    random = RandomStream(seed: seed, purpose: "controller", index: 0)
  }

  /// Trials that were suspended by the scheduler.
  var suspensions: Int {
    journal.count { entry in
      switch entry.event.kind {
      case .attemptEnded(_, let ending): ending.hasCheckpoint
      case .suspended: true
      default: false
      }
    }
  }

  func freshMachine() throws -> ExperimentMachine { try Self.machine(definition, isTakingTurns) }

  private static func machine(_ definition: ExperimentDefinition, _ isTakingTurns: Bool) throws -> ExperimentMachine {
    ExperimentMachine(definition, scheduler: isTakingTurns ? TurnTaking() : try SchedulerCatalog.make(definition.scheduler))
  }

  private static func definition(seeds: Seeds?, suspend: SuspendMode) throws -> ExperimentDefinition {
    var definition = ExperimentDefinition(
      name: "simulated", job: Job(command: ["train"], directory: "/"), objective: Objective(metric: "loss", goal: .minimize),
      space: try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))]), proposer: AlgorithmChoice("random"),
      scheduler: AlgorithmChoice("median", options: ["startup": 2, "warmup": 1]), resources: Resources(localSlots: 3),
      limits: Limits(trials: trialLimit, retries: 1), seed: 1)
    definition.seeds = seeds
    definition.suspend = suspend
    return definition
  }

  mutating func toTheEnd() throws {
    try open()
    var moves = 0
    while machine.outcome == nil {
      moves += 1
      precondition(moves < 100_000, "the experiment does not end")
      switch Int.random(in: 0..<20, using: &random) {
      // Folding what happened so far is most of the work.
      case 0: if moves.isMultiple(of: 3) { try crash() }
      case 8: fork()
      case 9: edit()
      case 10: loseOrOfferSlot()
      case 14: suspendOrResume()
      case 11..<14: predict()
      case 1..<8: for event in world.events() { take(event) }
      default: _ = world.advance()
      }
    }
    for event in world.events() { take(event) }
  }

  /// A person wants a twin, of a trial that may be anywhere.
  private mutating func fork() {
    let count = machine.history.trials.count
    guard count > 0, machine.twinCount < 6 else { return }
    let starts = [ForkStart.freshCheckpoint, .lastCheckpoint, .beginning]
    let command = Command.fork(
      TrialID(Int.random(in: 1...count, using: &random)), from: starts.randomElement(using: &random) ?? .beginning, before: nil)
    if (try? machine.check(command)) != nil { take(.commanded(command, by: "ada")) }
  }

  /// A person moves the bounds, so that what waits may be outside of them.
  private mutating func edit() {
    guard case .float(let lower, let upper, _, _)? = machine.history.space["x"]?.domain else { return }
    let middle = (lower + upper) / 2
    let edits: [SpaceEdit] = [
      .narrow("x", lower: .float(lower), upper: .float(middle)), .narrow("x", lower: .float(middle), upper: .float(upper)),
      .widen("x", lower: 0.0, upper: 1.0), .freeze("x", .float(middle)), .unfreeze("x"),
    ]
    let command = Command.edit(edits.randomElement(using: &random) ?? edits[0])
    if (try? machine.check(command)) != nil { take(.commanded(command, by: "ada")) }
  }

  /// A person takes a trial off its slot, and later lets all go on that were taken off.
  private mutating func suspendOrResume() {
    guard machine.parked.isEmpty else {
      for id in machine.parked.keys.sorted() { command(.resumeTrial(id)) }
      return
    }
    guard personalSuspensions < 3, let trial = machine.history.trials.randomElement(using: &random) else { return }
    personalSuspensions += 1
    command(.suspendTrial(trial.id))
  }

  private mutating func command(_ command: Command) {
    if (try? machine.check(command)) != nil { take(.commanded(command, by: "ada")) }
  }

  private mutating func predict() {
    guard !requests.isEmpty else { return }
    let request = requests.removeFirst()
    let mean = random.nextUnit()
    let prediction = mean < 0.2 ? nil : CurvePrediction(mean: [mean], deviation: [0.1], probability: [0.5])
    take(.predicted(request.trial, at: request.curve.steps.last ?? 0, prediction))
  }

  private mutating func loseOrOfferSlot() {
    let slot = Slot(agent: "world", index: Int.random(in: 0..<3, using: &random))
    take(machine.slots.contains(slot) ? .slotLost(slot) : .slotOffered(slot))
  }

  private mutating func crash() throws {
    machine = try freshMachine()
    machine.fold(journal.map(\.event))
    try open()
  }

  private mutating func open() throws {
    requests = []
    take(.opened)
    for index in 0..<3 { take(.slotOffered(Slot(agent: "world", index: index))) }
    for event in world.events(toNewController: true) { take(event) }
  }

  private mutating func take(_ event: RunnerEvent) {
    guard event.sequence > taken else { return }
    taken = event.sequence
    take(event.kind, origin: JournalEntry.Origin(source: event.source, sequence: event.sequence))
  }

  private mutating func take(_ kind: Event.Kind, origin: JournalEntry.Origin? = nil) {
    time += 1
    let event = Event(time: Timestamp(seconds: time), kind)
    let actions = machine.handle(event)
    journal.append(JournalEntry(event, origin: origin))
    if let origin { world.acknowledge(through: origin.sequence) }
    for action in actions {
      // Now and then the controller dies after the journal and before its actions.
      if Int.random(in: 0..<50, using: &random) == 0, machine.outcome == nil { return forget() }
      if case .propose(let trial) = action {
        let parent = trial.rawValue > 1 && random.nextUnit() < 0.5 ? TrialID(Int.random(in: 1..<trial.rawValue, using: &random)) : nil
        let unit = Double(trial.rawValue) / Double(Self.trialLimit)
        take(.proposed(configuration: machine.history.space.configuration(at: [unit]), by: "random", parent: parent))
      } else if case .predict(let request) = action {
        requests.append(request)
      } else {
        world.perform(action)
      }
    }
  }

  /// The rest of the actions is not carried out; the next controller makes up for it.
  private mutating func forget() {
    guard var fresh = try? freshMachine() else { return }
    fresh.fold(journal.map(\.event))
    machine = fresh
    try? open()
  }
}
