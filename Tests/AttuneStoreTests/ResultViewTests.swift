import AttuneCore
import AttuneTesting
import AttuneValues
import GRDB
import Testing

@testable import AttuneStore

/// What the views say of several objectives, outcome constraints and seeds.
@Suite struct ResultViewTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func trial(_ number: Int, _ metrics: [String: Double]?, _ replica: Trial.Replica? = nil, twin: Bool = false) -> Trial {
    var trial = Trial(id: TrialID(number), configuration: Configuration(["hidden": .int(number)]), proposer: "random")
    trial.state = metrics == nil ? .running : .completed
    trial.replica = replica
    if twin { trial.origin = Trial.Origin(trial: TrialID(1), step: 0) }
    if let metrics { trial.reports = [Report(step: 1, metrics: metrics, elapsed: 1)] }
    return trial
  }

  private func standing(_ trials: [Trial], _ change: (inout ExperimentDefinition) -> Void) throws -> (Standing, History) {
    var definition = try exampleDefinition()
    change(&definition)
    let store = try Store(path: folder.path + "/attune.db")
    let record = try store.create(definition, file: nil, user: "ada", at: Timestamp(seconds: 5))
    let journal = try ExperimentJournal(record, in: store)
    try journal.append([JournalEntry(Event(time: Timestamp(seconds: 6), .opened))], updating: trials)
    let history = History(
      space: definition.space, objectives: definition.objectives, outcomeConstraints: definition.outcomeConstraints,
      seeds: definition.seeds,
      trials: trials)
    let standing = try store.standing(of: record)
    try journal.rebuildViews(history)
    #expect(try store.standing(of: record).results == standing.results, "rebuilding the views changes them")
    return (standing, history)
  }

  @Test func `the front is the history's`() throws {
    let trials = [
      trial(1, ["loss": 1, "size": 9, "memory": 1]), trial(2, ["loss": 3, "size": 1, "memory": 1]),
      trial(3, ["loss": 3, "size": 9, "memory": 1]),
      trial(4, ["loss": 0, "size": 0, "memory": 99]), trial(5, nil), trial(6, ["loss": 0, "size": 0, "memory": 1], twin: true),
      trial(7, ["loss": -1, "size": 0]),
    ]
    let (standing, history) = try standing(trials) { definition in
      definition.objectives = ["loss", "size"].map { Objective(metric: $0, goal: .minimize, summary: .last) }
      definition.outcomeConstraints = [OutcomeConstraint(metric: "memory", .atMost, 10)]
    }
    #expect(standing.front.map(\.trial.rawValue) == [1, 2])
    #expect(standing.results == history.results && standing.front == history.front)
    #expect(standing.counts == [.completed: 5, .running: 1] && standing.twinCount == 1)
  }

  @Test func `seeds are put together, and the test stands apart`() throws {
    let replica = { Trial.Replica(of: TrialID($0), $1, seed: $2) }
    let trials = [
      trial(1, ["loss": 1]), trial(2, ["loss": 4], replica(1, .tune, 2)), trial(3, ["loss": 2]),
      trial(4, ["loss": 2.5], replica(3, .tune, 2)),
      trial(5, ["loss": 0]), trial(6, nil, replica(5, .tune, 2)), trial(7, ["loss": 3], replica(3, .test, 1)),
      trial(8, nil, replica(3, .test, 2)),
    ]
    let (standing, history) = try standing(trials) { $0.seeds = Seeds(tune: 2, test: 2) }
    #expect(standing.best == TrialResult(trial: TrialID(3), values: [2.25]))
    #expect(standing.results == history.results)
    #expect(standing.counts == [.completed: 2, .running: 1])
    #expect(standing.tuned(TrialID(3)).map(\.values) == [[2], [2.5]])
    #expect(standing.tested(TrialID(3)).map(\.values) == [[3]])
  }

  @Test func `a store of before several objectives is read`() throws {
    let path = folder.path + "/old.db"
    let old = try DatabaseQueue(path: path)
    try Schema.migrator.migrate(old, upTo: "2")
    let definition = String(decoding: try EventCoding.encoder.encode(exampleDefinition()), as: UTF8.self)
    try old.write { database in
      try database.execute(sql: "INSERT INTO user(name) VALUES ('ada')")
      try database.execute(
        sql: "INSERT INTO experiment(name, user, definition, created) VALUES ('old', 1, ?, 0)", arguments: [definition])
      try database.execute(
        sql: """
          INSERT INTO trial(experiment, number, state, configuration, proposer, value, steps)
          VALUES (1, 1, 'completed', '{"hidden": 8}', 'random', 0.5, 3), (1, 2, 'failed', '{"hidden": 9}', 'random', NULL, 0)
          """)
    }
    try old.close()
    let store = try Store(path: path)
    let record = try store.experiment(named: "old")
    #expect(try store.standing(of: record).best == TrialResult(trial: TrialID(1), values: [0.5]))
    #expect(try store.row(TrialID(1), of: record)?.value == 0.5 && store.trials(of: record).map(\.replica) == [nil, nil])
    #expect(try store.standing(of: record).counts == [.completed: 1, .failed: 1])
  }
}
