import AttuneCore
import AttuneMath
import AttuneProposers
import AttuneSchedulers
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneEngine

@Suite struct ProposalSourceTests {
  /// Proposes the same for ever.
  struct Stubborn: Proposer {
    let configuration: Configuration
    func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
      Proposal(configuration, note: "stubborn")
    }
  }

  private func definition(_ space: SearchSpace, trials: Int? = nil, seed: UInt64 = 7) -> ExperimentDefinition {
    ExperimentDefinition(
      name: "asked", job: Job(command: ["train"], directory: "/"), objective: Objective(metric: "loss", goal: .minimize),
      space: space, proposer: AlgorithmChoice("random"), scheduler: AlgorithmChoice("fifo"), resources: Resources(localSlots: 1),
      limits: Limits(trials: trials), seed: seed)
  }

  private func run(
    _ definition: ExperimentDefinition, slots: Int = 1, _ proposer: any Proposer = RandomSearch(),
    curve: @escaping @Sendable (Configuration) -> [Double] = { _ in [0.5] }
  ) async throws -> (outcome: Outcome, trials: [Trial]) {
    let driver = try ExperimentDriver(
      definition, scheduler: SchedulerCatalog.make(definition.scheduler),
      parts: ExperimentDriver.Parts(
        journal: InMemoryJournal(), runner: InstantRunner(slots: slots, curve: curve), proposer: proposer,
        clock: ExperimentDriverTests.StillClock()))
    return (try await driver.run(), await driver.history.trials)
  }

  private static func discrete() throws -> SearchSpace {
    try SearchSpace(
      [
        Parameter("a", .int(lower: 1, upper: 6)), Parameter("b", .choice(["x", "y", "z"])),
        Parameter("c", .ordinal([1, 2]), when: Expression("b", isOneOf: ["y"])),
      ], constraints: [Expression("a != 2 or b == 'x'")])
  }

  @Test(arguments: [1, 4], UInt64(1)...10)
  func everyConfigurationComesOnceAndThenTheSearchIsOver(slots: Int, seed: UInt64) async throws {
    let result = try await run(definition(Self.discrete(), seed: seed), slots: slots)
    #expect(result.outcome == .exhausted(note: "every configuration has been tried"), "seed \(seed)")
    #expect(Set(result.trials.map(\.configuration)).count == result.trials.count && result.trials.count == 21, "seed \(seed)")
    #expect(result.trials.map(\.configuration) == (try await run(definition(Self.discrete(), seed: seed))).trials.map(\.configuration))
  }

  @Test func failedOnesAreNotTriedAgain() async throws {
    let result = try await run(definition(Self.discrete())) { $0["a"] == 1 ? [] : [0.5] }
    #expect(result.trials.count == 21 && result.trials.count { $0.state == .failed } == 4)
  }

  @Test func duplicatesAreAllowedOnDemand() async throws {
    var definition = try definition(Self.discrete(), trials: 60)
    definition.duplicates = .allow
    let result = try await run(definition)
    #expect(result.outcome == .trialsDone && result.trials.count == 60)
  }

  @Test func aStubbornProposerIsMovedALittle() async throws {
    let space = try SearchSpace([
      Parameter("x", .float(lower: 0, upper: 1)), Parameter("n", .int(lower: 1, upper: 1_000_000)), Parameter("s", .choice(["a", "b"])),
    ])
    let start = Configuration(["x": 0.5, "n": 500_000, "s": "a"])
    let trials = try await run(definition(space, trials: 20), Stubborn(configuration: start)).trials
    #expect(Set(trials.map(\.configuration)).count == 20)
    #expect(trials.allSatisfy { abs(($0.configuration["x"]?.number ?? 0) - 0.5) < 0.1 })
    #expect(trials[0].note == "stubborn" && trials[1].note == "stubborn; moved from a configuration that was tried before")
  }

  @Test func aGridIsLeftAlone() async throws {
    var definition = try definition(Self.discrete())
    definition.proposer = AlgorithmChoice("grid")
    definition.startWith = [Configuration(["a": 1, "b": "x"])]
    let result = try await run(definition, GridSearch())
    #expect(result.outcome == .trialsDone && result.trials.count == 22 && result.trials[0].configuration == result.trials[1].configuration)
  }

  @Test func pointsToStartWithComeFirst() async throws {
    var definition = try definition(Self.discrete(), trials: 5)
    definition.startWith = [Configuration(["a": 3, "b": "z"]), Configuration(["c": 2]), Configuration(["a": 2])]
    let trials = try await run(definition, slots: 3).trials
    #expect(trials.map(\.proposer) == ["start_with", "start_with", "start_with", "random", "random"])
    #expect(trials[0].configuration == Configuration(["a": 3, "b": "z"]))
    #expect(trials[1].configuration["c"] == 2 && trials[1].configuration["b"] == "y")
    #expect(trials[2].configuration["a"] == 2 && trials[2].configuration["b"] == "x")
  }

  /// Whatever prefix of the journal is left, points to start with come once each.
  @Test func startingAgainRepeatsNoPoint() async throws {
    var definition = try definition(Self.discrete(), trials: 4)
    definition.startWith = [Configuration(["a": 3]), Configuration(["a": 4])]
    func driver(_ journal: InMemoryJournal) throws -> ExperimentDriver {
      try ExperimentDriver(
        definition, scheduler: SchedulerCatalog.make(definition.scheduler),
        parts: ExperimentDriver.Parts(
          journal: journal, runner: InstantRunner(slots: 1) { _ in [0.5] }, proposer: RandomSearch(),
          clock: ExperimentDriverTests.StillClock()))
    }
    let journal = InMemoryJournal()
    let first = try driver(journal)
    _ = try await first.run()
    let expected = await first.history.trials.map(\.configuration)
    let entries = try journal.entries().map { JournalEntry($0.event) }
    for length in 0..<entries.count {
      let second = try driver(InMemoryJournal(Array(entries.prefix(length))))
      _ = try await second.run()
      #expect(await second.history.trials.map(\.configuration) == expected, "after \(length) entries")
    }
  }

  @Test func anEditedSpaceIsSearchedFromThenOn() throws {
    var definition = try definition(Self.discrete())
    definition.startWith = [Configuration(["b": "z"]), Configuration(["a": 5])]
    var machine = ExperimentMachine(definition, scheduler: try SchedulerCatalog.make(definition.scheduler))
    machine.fold([Event(time: Timestamp(seconds: 1), .opened)])
    #expect(machine.nextStart == Configuration(["b": "z"]))
    let edits: [SpaceEdit] = [.remove("b", values: ["z"]), .narrow("a", lower: 4, upper: 5), .add("b", values: ["w"])]
    machine.fold(edits.map { Event(time: Timestamp(seconds: 2), .commanded(.edit($0), by: "ada")) })
    #expect(machine.nextStart == Configuration(["a": 5]))
    #expect(machine.history.space["b"]?.domain == .choice(["x", "y", "w"]))
    #expect(throws: CommandError.edit(.notFrozen(name: "a"))) { try machine.check(.edit(.unfreeze("a"))) }
    var source = ProposalSource(definition, proposer: RandomSearch())
    guard case .proposed(let configuration?, "start_with", _, _) = source.answer(for: machine) else {
      Issue.record("no proposal")
      return
    }
    #expect(try machine.history.space.validate(configuration) == configuration && configuration["a"] == 5)
  }

  @Test func otherExperimentsAreKnownToTheProposer() throws {
    var definition = try definition(Self.discrete())
    definition.prior = [
      PriorTrial(
        experiment: "before", number: 3, configuration: Configuration(["a": 1, "b": "x"]), isFailed: false,
        reports: [Report(step: 2, metrics: ["loss": 0.25], elapsed: 1)]),
      PriorTrial(experiment: "before", number: 4, configuration: Configuration(["a": 6, "b": "x"]), isFailed: true, reports: []),
    ]
    let machine = ExperimentMachine(definition, scheduler: try SchedulerCatalog.make(definition.scheduler))
    var observations = Observations()
    observations.update(from: machine.historyForProposal)
    #expect(observations.all.map(\.outcome) == [.values([0.25]), .failed] && observations.all.allSatisfy(\.isEvidence))
  }
}
