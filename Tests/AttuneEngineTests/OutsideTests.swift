import AttuneCore
import AttuneProposers
import AttuneSchedulers
import AttuneTesting
import AttuneValues
import Synchronization
import Testing

@testable import AttuneEngine

/// Programs outside, which ask and tell.
@Suite struct OutsideTests {
  struct StillClock: DriverClock {
    let now = Timestamp(seconds: 1000)
    func wait(until time: Timestamp) async {}
  }

  private func definition(trials: Int? = 4, steps: Int? = nil, retries: Int = 0, target: Double? = nil) throws -> ExperimentDefinition {
    ExperimentDefinition(
      name: "asked", job: Job(command: [], directory: "/"), objective: Objective(metric: "loss", goal: .minimize, target: target),
      space: try ProposerContract.exampleSpace(), proposer: AlgorithmChoice("random"), scheduler: AlgorithmChoice("fifo"),
      resources: Resources(localSlots: 1), limits: Limits(trials: trials, steps: steps, retries: retries), seed: 7)
  }

  /// Works on a journal with a driver that runs meanwhile, and leaves as a process does that is done or dies.
  /// - Returns: how the experiment ended, where it did.
  @discardableResult
  private func work(
    _ definition: ExperimentDefinition, _ journal: InMemoryJournal, runner: any Runner = OutsideRunner(),
    _ body: (ExperimentDriver) async throws -> Void
  ) async throws -> Outcome? {
    let driver = try ExperimentDriver(
      definition, scheduler: SchedulerCatalog.make(definition.scheduler),
      parts: ExperimentDriver.Parts(
        journal: journal, runner: runner, proposer: ProposerCatalog.make(definition.proposer), clock: StillClock()))
    let run = Task { try await driver.run() }
    try await body(driver)
    run.cancel()
    do { return try await run.value } catch is CancellationError { return nil }
  }

  @Test func aSearchInManyShortLives() async throws {
    let journal = InMemoryJournal()
    var proposals: [Configuration] = []
    var outcome: Outcome?
    while outcome == nil {
      var asked: Asked?
      try await work(definition(), journal) { asked = try await $0.ask() }
      let trial = try #require(asked)
      proposals.append(trial.configuration)
      outcome = try await work(definition(), journal) { driver in
        let told = try await driver.tell(trial.trial, .done(["loss": Double(trial.trial.rawValue)], step: nil))
        #expect(told == Told(trial: trial.trial, state: .completed, value: Double(trial.trial.rawValue), reason: nil))
      }
    }
    #expect(outcome == .trialsDone)
    let whole = try ExperimentDriver(
      definition(), scheduler: SchedulerCatalog.make(AlgorithmChoice("fifo")),
      parts: ExperimentDriver.Parts(
        journal: InMemoryJournal(), runner: InstantRunner(slots: 1) { _ in [1] }, proposer: ProposerCatalog.make(AlgorithmChoice("random")))
    )
    _ = try await whole.run()
    #expect(await whole.history.trials.map(\.configuration) == proposals, "the same as with processes")
  }

  /// Whoever asks from a shell waits for each transaction.
  @Test func aQuestionAndItsAnswerAreOneTransaction() async throws {
    let journal = CountingJournal()
    for number in 1...2 {
      let parts = ExperimentDriver.Parts(
        journal: journal, runner: OutsideRunner(), proposer: try ProposerCatalog.make(AlgorithmChoice("random")), clock: StillClock(),
        isBrief: true)
      let driver = try ExperimentDriver(definition(), scheduler: SchedulerCatalog.make(AlgorithmChoice("fifo")), parts: parts)
      let run = Task { try await driver.run() }
      let trial = try await driver.ask().trial
      #expect(trial == TrialID(number) && journal.appended.count == number)
      run.cancel()
      _ = try? await run.value
    }
    let slot = Slot.outside(0)
    let first = try #require(journal.appended.first)
    guard first.count == 5, case .proposed = first[2] else { Issue.record("\(first)"); return }
    let attempt = AttemptID(trial: TrialID(1), number: 1)
    #expect((first[0], first[1]) == (.opened, .slotOffered(slot)))
    #expect((first[3], first[4]) == (.attemptStarted(attempt), .slotLost(slot)))
  }

  /// Remembers its transactions.
  private final class CountingJournal: Journal {
    private let kept = InMemoryJournal()
    private let batches = Mutex<[[Event.Kind]]>([])
    var appended: [[Event.Kind]] { batches.withLock { $0 } }

    func append(_ entries: [JournalEntry], updating trials: [Trial]) throws {
      try kept.append(entries, updating: trials)
      batches.withLock { $0.append(entries.map(\.event.kind)) }
    }

    func replay(_ body: (JournalEntry) throws -> Void) throws { try kept.replay(body) }
  }

  @Test func nobodyGetsTheSameTrial() async throws {
    try await work(definition(trials: 50), InMemoryJournal()) { driver in
      let numbers = try await withThrowingTaskGroup(of: TrialID.self) { group in
        for _ in 0..<50 { group.addTask { try await driver.ask().trial } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(numbers.sorted() == (1...50).map { TrialID($0) })
      #expect(await driver.asked.count == 50)
      let error = await #expect(throws: CommandError.self) { try await driver.ask() }
      #expect(error == .allAsked(limit: 50))
    }
  }

  /// Whoever dies after any entry of the journal: what it has is taken up, and goes on to the same end.
  @Test func goesOnFromAnyPrefixOfItsJournal() async throws {
    let journal = InMemoryJournal()
    try await work(definition(), journal) { driver in
      for _ in 0..<4 {
        let trial = try await driver.ask().trial
        _ = try await driver.tell(trial, .step(1, ["loss": 2]))
        _ = try await driver.tell(trial, .done(["loss": 1], step: 2))
      }
    }
    let entries = try journal.entries()
    for length in 0..<entries.count {
      var history: History?
      let outcome = try await work(definition(), InMemoryJournal(Array(entries.prefix(length)))) { driver in
        for trial in await driver.asked { _ = try await driver.tell(trial.trial, .done(["loss": 1], step: 2)) }
        while let trial = try? await driver.ask() { _ = try? await driver.tell(trial.trial, .done(["loss": 1], step: 2)) }
        history = await driver.history
      }
      #expect(outcome == .trialsDone, "after \(length) entries")
      #expect(history?.trials.count == 4 && history?.trials.allSatisfy { $0.state == .completed } == true, "after \(length) entries")
    }
  }

  @Test func whoeverLeavesStopsNobodyOutside() async throws {
    let journal = InMemoryJournal()
    let runner = InstantRunner(slots: 0) { _ in [1] }
    let left = try await work(definition(), journal, runner: runner) { driver in
      _ = try await driver.ask()
      try await driver.command(.interrupt, by: "ada")
    }
    #expect(left == .interrupted)
    let stopped = try await work(definition(), journal) { driver in
      #expect(await driver.asked.map(\.trial) == [TrialID(1)])
      try await driver.command(.stop, by: "ada")
      let error = await #expect(throws: CommandError.self) { try await driver.tell(TrialID(1), .done(["loss": 1], step: nil)) }
      #expect(error == .notAsked(TrialID(1), .stopped) || error == .controllerGone)
    }
    #expect(stopped == .stopped(by: "ada"))
  }

  @Test func stepsLimitsAndTheTarget() async throws {
    let outcome = try await work(definition(steps: 3, target: 0.1), InMemoryJournal()) { driver in
      let (first, second) = (try await driver.ask().trial, try await driver.ask().trial)
      #expect(try await driver.tell(first, .step(1, ["loss": 3])).state == .running)
      #expect(try await driver.tell(first, .step(3, ["loss": 2])).state == .completed, "limits.steps is reached")
      #expect(try await driver.tell(second, .step(1, ["loss": 0.05])).state == .completed, "the target is reached")
      let error = await #expect(throws: CommandError.self) { try await driver.ask() }
      if case .experimentOver = error {} else { #expect(error == .controllerGone) }
    }
    #expect(outcome == .targetReached(TrialID(2)))
  }

  @Test func failuresAreTriedAgainAsTheFileSays() async throws {
    try await work(definition(retries: 1), InMemoryJournal()) { driver in
      for _ in 1...3 {
        let trial = try await driver.ask()
        #expect(try await driver.tell(trial.trial, .failed("no memory")).state == .waiting)
        let again = try await driver.ask()
        #expect(again == trial, "the same trial with the same seed")
        let told = try await driver.tell(again.trial, .failed("no memory"))
        #expect(told.state == .failed && told.reason == "no memory")
      }
      #expect(try await driver.ask().trial == TrialID(4), "three failures at the start end no experiment here")
    }
  }

  @Test func whatMakesNoSenseIsRefusedInWords() async throws {
    try await work(definition(), InMemoryJournal()) { driver in
      let trial = try await driver.ask().trial
      let cases: [(TrialID, Telling, String)] = [
        (TrialID(9), .failed(nil), "there is no trial 9; the experiment has trials 1...1. Nothing was changed"),
        (trial, .step(0, ["loss": 1]), "trial 1: a step is told as a number from 1 with at least one metric. Nothing was recorded"),
        (
          trial, .done(["los": 1], step: nil),
          "trial 1 cannot be done without 'loss', the objective; told: los (another spelling?). Nothing was recorded"
        ),
        (trial, .done([:], step: nil), "trial 1 cannot be done without 'loss', the objective; nothing was told. Nothing was recorded"),
      ]
      for (trial, telling, message) in cases {
        let error = await #expect(throws: CommandError.self) { try await driver.tell(trial, telling) }
        #expect(error?.description == message)
      }
      #expect(try await driver.tell(trial, .done(["loss": .nan], step: nil)).state == .failed)
      let error = await #expect(throws: CommandError.self) { try await driver.ask(again: trial) }
      #expect(error == .notAsked(trial, .failed))
    }
  }

  /// Beside processes of its own: every trial is run once, by one or the other.
  @Test func besideProcesses() async throws {
    let journal = InMemoryJournal()
    let runner = InstantRunner(slots: 1) { _ in [1] }
    let outcome = try await work(definition(trials: 30), journal, runner: runner) { driver in
      while let trial = try? await driver.ask() { _ = try? await driver.tell(trial.trial, .done(["loss": 1], step: nil)) }
      while await driver.outcome == nil { await Task.yield() }
    }
    #expect(outcome == .trialsDone)
    let starts = try journal.entries().compactMap { entry in if case .attemptStarted(let id) = entry.event.kind { id } else { nil } }
    #expect(starts.map(\.trial).sorted() == (1...30).map { TrialID($0) })
  }
}
