import AttuneCore
import AttuneProposers
import AttuneSchedulers
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneEngine

@Suite struct ExperimentDriverTests {
  /// Time that stands still: drivers under test wait for nothing.
  struct StillClock: DriverClock {
    let now = Timestamp(seconds: 1000)
    func wait(until time: Timestamp) async {}
  }

  private func definition(proposer: String = "random", trials: Int = 40) throws -> ExperimentDefinition {
    ExperimentDefinition(
      name: "driven", job: Job(command: ["train"], directory: "/"), objective: Objective(metric: "loss", goal: .minimize),
      space: try ProposerContract.exampleSpace(), proposer: AlgorithmChoice(proposer), scheduler: AlgorithmChoice("fifo"),
      resources: Resources(localSlots: 1), limits: Limits(trials: trials), seed: 7)
  }

  private func driver(_ definition: ExperimentDefinition, _ journal: InMemoryJournal, _ runner: InstantRunner) throws -> ExperimentDriver {
    try ExperimentDriver(
      definition, scheduler: SchedulerCatalog.make(definition.scheduler),
      parts: ExperimentDriver.Parts(
        journal: journal, runner: runner, proposer: ProposerCatalog.make(definition.proposer), clock: StillClock()))
  }

  @Test(arguments: ["random", "grid"])
  func theNthProposalIsTheSameWithAnyNumberOfSlots(proposer: String) async throws {
    var proposals: [[Configuration]] = []
    for slots in [1, 4] {
      let driver = try driver(definition(proposer: proposer), InMemoryJournal(), InstantRunner(slots: slots) { _ in [0.5, 0.4] })
      #expect(try await driver.run() == .trialsDone)
      proposals.append(await driver.history.trials.map(\.configuration))
    }
    #expect(proposals[0] == proposals[1])
    #expect(proposals[0].count == 40)
  }

  @Test func whatIsToldTwiceIsTakenOnce() async throws {
    let runner = InstantRunner(slots: 2, repeats: 3) { _ in [0.5, 0.4, 0.3] }
    let journal = InMemoryJournal()
    let driver = try driver(definition(trials: 10), journal, runner)
    #expect(try await driver.run() == .trialsDone)
    #expect(try journal.entries().compactMap(\.origin?.sequence) == Array(1...50))
    #expect(runner.acknowledged == 50)
  }

  @Test func goesOnFromAnyPrefixOfItsJournal() async throws {
    let journal = InMemoryJournal()
    let first = try driver(definition(trials: 5), journal, InstantRunner(slots: 2) { _ in [0.5, 0.4] })
    _ = try await first.run()
    let entries = try journal.entries()
    let expected = await first.history.trials.map(\.configuration)
    for length in 0..<entries.count {
      let runner = InstantRunner(slots: 2) { _ in [0.5, 0.4] }
      // The world is new: it starts what the prefix does not know to have ended.
      let second = try driver(definition(trials: 5), InMemoryJournal(Array(entries.prefix(length).map { JournalEntry($0.event) })), runner)
      #expect(try await second.run() == .trialsDone, "after \(length) entries")
      #expect(await second.history.trials.map(\.configuration) == expected, "after \(length) entries")
    }
  }

  @Test func anExperimentThatIsOverEndsAtOnceAndLetsItsAgentsGo() async throws {
    let journal = InMemoryJournal()
    _ = try await driver(definition(trials: 5), journal, InstantRunner(slots: 2) { _ in [0.5] }).run()
    let runner = InstantRunner(slots: 2) { _ in [0.5] }
    let second = try driver(definition(trials: 5), journal, runner)
    let updates = await second.updates()
    #expect(try await second.run() == .trialsDone)
    for await update in updates { Issue.record("nothing happens any more, told was \(update)") }
    #expect(runner.isClosed && runner.orders.isEmpty)
  }

  @Test func aJournalThatCannotBeWrittenStopsEverythingUnacknowledged() async throws {
    struct Full: Error {}
    let journal = InMemoryJournal()
    journal.fail(with: Full())
    let runner = InstantRunner(slots: 2) { _ in [0.5] }
    let driver = try driver(definition(), journal, runner)
    await #expect(throws: Full.self) { try await driver.run() }
    #expect(runner.orders.isEmpty && runner.acknowledged == 0)
  }

  @Test func aFinishedDriverAnswersCommandsWithAnError() async throws {
    let driver = try driver(definition(trials: 2), InMemoryJournal(), InstantRunner(slots: 1) { _ in [0.5] })
    _ = try await driver.run()
    await #expect(throws: CommandError.controllerGone) { try await driver.command(.stop, by: "ada") }
  }

  @Test func aRunnerThatGivesUpInterruptsTheExperiment() async throws {
    let journal = InMemoryJournal()
    let idle = InstantRunner(slots: 0) { _ in [0.5] }
    let first = try driver(definition(trials: 2), journal, idle)
    async let outcome = first.run()
    // The stream is there once the first entry is in the journal.
    while try journal.entries().isEmpty { await Task.yield() }
    idle.giveUp()
    #expect(try await outcome == .interrupted)
    let second = try driver(definition(trials: 2), journal, InstantRunner(slots: 1) { _ in [0.5] })
    #expect(try await second.run() == .trialsDone)
  }

  @Test func aProposerThatThrowsEndsTheExperimentWithItsWords() async throws {
    var impossible = try definition()
    impossible.space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))], constraints: [Expression("x > 2")])
    let driver = try driver(impossible, InMemoryJournal(), InstantRunner(slots: 1) { _ in [0.5] })
    let outcome = try await driver.run()
    #expect(outcome.description.hasPrefix("proposer 'random': constraints 'x > 2': 10,000 draws"))
  }

  @Test(arguments: [1, 3])
  func everyConfigurationRunsWithTheSameSeedsAndTheBestWithOthers(slots: Int) async throws {
    var definition = try definition(trials: 6)
    definition.seeds = Seeds(tune: 3, test: 2)
    let runner = InstantRunner(slots: slots) { _ in [0.5, 0.4] }
    let driver = try driver(definition, InMemoryJournal(), runner)
    #expect(try await driver.run() == .trialsDone)
    let history = await driver.history
    #expect(history.trials.count == 6 * 3 + 2)
    var seeds: [TrialID: UInt32] = [:]
    for case .start(let start) in runner.orders { seeds[start.attempt.trial] = start.seed }
    let tuning = (1...18).map { seeds[TrialID($0)] }
    #expect(Set(tuning).count == 3)
    for number in 1...18 { #expect(tuning[number - 1] == tuning[(number - 1) % 3], "trial \(number)") }
    let testing = [19, 20].compactMap { seeds[TrialID($0)] }
    #expect(Set(testing).count == 2 && Set(testing).isDisjoint(with: tuning.compactMap(\.self)))
    let alone = try self.driver(self.definition(trials: 6), InMemoryJournal(), InstantRunner(slots: 1) { _ in [0.5] })
    _ = try await alone.run()
    #expect(await alone.history.trials.map(\.configuration) == history.forProposers.trials.map(\.configuration))
  }
}
