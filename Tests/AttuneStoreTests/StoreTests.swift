import AttuneCore
import AttuneTesting
import AttuneValues
import Foundation
import GRDB
import Testing

@testable import AttuneStore

/// A folder that goes when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "attune-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

func exampleDefinition(_ name: String = "digits") throws -> ExperimentDefinition {
  ExperimentDefinition(
    name: name, job: Job(command: ["python3", "train.py", "{config}"], directory: "/tmp", environment: ["A": "b"]),
    objective: Objective(metric: "loss", goal: .minimize, target: 0.1), space: try ProposerContract.exampleSpace(),
    proposer: AlgorithmChoice("grid", options: ["points": 3]), scheduler: AlgorithmChoice("median"), resources: Resources(localSlots: 2),
    limits: Limits(trials: 10, time: 3600), seed: .max)
}

@Suite struct StoreTests {
  let folder: TemporaryFolder
  var path: String { folder.path + "/deep/attune.db" }

  init() throws { folder = try TemporaryFolder() }

  private func makeExperiment(_ name: String = "digits") throws -> (Store, ExperimentRecord) {
    let store = try Store(path: path)
    return (store, try store.create(exampleDefinition(name), file: "digits.yaml", user: "ada", at: Timestamp(seconds: 5)))
  }

  @Test func keepsTheJournalsContract() throws {
    let (store, record) = try makeExperiment()
    try JournalContract.check { try ExperimentJournal(record, in: Store(path: store.path)) }
  }

  @Test func aBriefOneKeepsTheContractToo() throws {
    let (store, record) = try makeExperiment()
    try JournalContract.check { try ExperimentJournal(record, in: Store(path: store.path, isBrief: true)) }
    #expect(try store.trials(of: record).isEmpty)
  }

  /// What is there is taken as it is; what is not is made, or refused, as ever.
  @Test func aBriefOneIsTheSameStore() throws {
    #expect(BriefStore.open(path) == nil)
    #expect(try Store(path: path, isBrief: true).experiments().isEmpty)
    #expect(BriefStore.open(path) != nil)
    let (store, _) = try makeExperiment()
    try store.pool.write { try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = 'results'") }
    #expect(BriefStore.open(path) == nil, "an older one has to be brought up to date")
    try store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations(identifier) VALUES ('results'), ('999')") }
    let error = #expect(throws: StoreError.self) { try Store(path: path, isBrief: true) }
    #expect(error == .newerSchema(path: path))
    try "no database".write(toFile: folder.path + "/text.db", atomically: true, encoding: .utf8)
    #expect(throws: StoreError.notADatabase(path: folder.path + "/text.db")) { try Store(path: folder.path + "/text.db", isBrief: true) }
  }

  /// Nobody else has the store open: each reads the whole log when it starts. It is as durable as any.
  @Test func aBriefOneKeepsTheLogShort() throws {
    let (long, _) = try makeExperiment()
    let brief = try Store(path: path, isBrief: true)
    for (store, pages) in [(long, 1000), (brief, BriefStore.logPages)] {
      let found = try store.pool.writeWithoutTransaction { database in
        try ["wal_autocheckpoint", "synchronous", "foreign_keys"].map { try Int.fetchOne(database, sql: "PRAGMA \($0)") }
      }
      #expect(found == [pages, 1, 1])
    }
  }

  @Test func definitionsComeBackWhole() throws {
    let (store, record) = try makeExperiment()
    let read = try Store(path: store.path).experiment(named: "digits")
    #expect(read.definition == record.definition)
    #expect(read.file == "digits.yaml" && read.created == Timestamp(seconds: 5) && read.ended == nil)
  }

  @Test func namesAreUniqueAndFoundAgain() throws {
    let (store, first) = try makeExperiment()
    let (_, second) = try makeExperiment()
    #expect((first.name, second.name) == ("digits", "digits-2"))
    #expect(try store.experiment(named: nil).name == "digits-2")
    let error = #expect(throws: StoreError.self) { try store.experiment(named: "digit") }
    #expect(error?.description == "experiment 'digit' is not in \(path); it holds digits, digits-2")
  }

  @Test func viewsFollowTheJournalAndCanBeRebuilt() throws {
    let (store, record) = try makeExperiment()
    let journal = try ExperimentJournal(record, in: store)
    var trial = Trial(id: TrialID(1), configuration: Configuration(["hidden": 8]), proposer: "grid")
    trial.state = .completed
    trial.attempts = [Attempt(id: AttemptID(trial: TrialID(1), number: 1), slot: Slot(agent: "local", index: 0))]
    trial.reports = [Report(step: 1, metrics: ["loss": .nan], elapsed: 1), Report(step: 2, metrics: ["loss": 0.25], elapsed: 2)]
    try journal.append(JournalContract.batches().flatMap(\.self), updating: [trial])
    let before = try dump(store)
    #expect(before.contains("loss") && before.contains("0.25") && before.contains("completed"))
    var history = History(space: record.definition.space, objective: record.definition.objective)
    history.append(trial)
    try journal.rebuildViews(history)
    #expect(try dump(store) == before)
  }

  @Test func anEventOfASourceIsKeptOnce() throws {
    let (store, record) = try makeExperiment()
    let journal = try ExperimentJournal(record, in: store)
    let entry = JournalContract.batches()[0][0]
    try journal.append([entry], updating: [])
    #expect(throws: StoreError.self) { try journal.append([JournalEntry(Event(time: Timestamp(seconds: 0), .tick)), entry], updating: []) }
    #expect(try journal.entries() == [entry])
  }

  @Test func aFullDiskKeepsWhatWasAcknowledged() throws {
    let (store, record) = try makeExperiment()
    let journal = try ExperimentJournal(record, in: store)
    let pages = try store.pool.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
    try store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 4)") }
    var kept = 0
    let error = #expect(throws: StoreError.self) {
      while true {
        try journal.append(
          [JournalEntry(Event(time: Timestamp(seconds: Double(kept)), .proposalFailed(message: String(repeating: "x", count: 500))))],
          updating: [])
        kept += 1
      }
    }
    #expect(error == .full(path: path))
    #expect(kept > 0)
    #expect(try journal.entries().count == kept)
  }

  @Test func aNewerSchemaIsLeftUntouched() throws {
    let (store, _) = try makeExperiment()
    try store.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations(identifier) VALUES ('999')") }
    try store.pool.close()
    let error = #expect(throws: StoreError.self) { try Store(path: path) }
    #expect(error == .newerSchema(path: path))
  }

  @Test func manyCanMakeTheSameStoreAtOnce() async throws {
    for round in 0..<10 {
      let file = folder.path + "/\(round)/attune.db"
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 { group.addTask { try Store(path: file).experiments().count } }
        for try await count in group { #expect(count == 0) }
      }
    }
  }

  @Test func whoOnlyLooksMakesNothing() {
    #expect(throws: StoreError.missing(path: path)) { try Store(path: path, isNewAllowed: false) }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/deep"))
  }

  @Test func whatIsNoDatabaseIsLeftUntouched() throws {
    let text = String(repeating: "this is no database\n", count: 100)
    let file = folder.path + "/attune.db"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let error = #expect(throws: StoreError.self) { try Store(path: file) }
    #expect(error == .notADatabase(path: file))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
  }

  @Test func aFolderThatCannotBeMadeIsSaid() throws {
    try "".write(toFile: folder.path + "/file", atomically: true, encoding: .utf8)
    let error = #expect(throws: StoreError.self) { try Store(path: folder.path + "/file/attune.db") }
    let hint = "a folder of one's own is needed. Choose another with --store FOLDER"
    #expect(error?.description == "store \(folder.path)/file/attune.db: cannot be written (\(folder.path)/file is a file); \(hint)")
  }

  private func dump(_ store: Store) throws -> String {
    try store.pool.read { database in
      try ["report", "change", "resource", "trial", "attempt"].map { table in
        try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2, 3").map(\.description).joined(separator: "\n")
      }.joined(separator: "\n\n")
    }
  }
}
