import AttuneCore
import Foundation
import GRDB

/// A trial as the views have it.
public struct TrialRow: Sendable {
  /// Its number.
  public let number: Int
  /// Where it stands.
  public let state: String
  /// What it was started with.
  public let configuration: AttuneCore.Configuration
  /// Who proposed it.
  public let proposer: String
  /// Its value; `nil` when it has none.
  public let value: Double?
  /// The last step it reported; 0 for none.
  public let steps: Int
  /// Why it failed or was stopped.
  public let reason: String?
  /// Where a twin comes from; `nil` for a trial of its own.
  public let origin: Trial.Origin?
  /// The step of the newest checkpoint that was seen.
  public let checkpointStep: Int?
  /// The trial whose checkpoint it was to begin with.
  public let parent: Int?
  /// Whether it was given a copy of that.
  public let hasInherited: Bool
  /// What its proposer said of it.
  public let note: String?

  /// A row of one's own, for tests.
  public init(number: Int, state: String, configuration: AttuneCore.Configuration, proposer: String, steps: Int = 0) {
    self.number = number
    self.state = state
    self.configuration = configuration
    self.proposer = proposer
    self.steps = steps
    value = nil
    reason = nil
    origin = nil
    checkpointStep = nil
    parent = nil
    hasInherited = false
    note = nil
  }

  init(_ row: Row) throws {
    number = row["number"]
    state = row["state"]
    configuration = try EventCoding.decoder.decode(AttuneCore.Configuration.self, from: Data((row["configuration"] as String).utf8))
    proposer = row["proposer"]
    value = row["value"]
    steps = row["steps"]
    reason = row["reason"]
    origin = try (row["origin"] as String?).map { try EventCoding.decoder.decode(Trial.Origin.self, from: Data($0.utf8)) }
    checkpointStep = row["checkpoint"]
    parent = row["parent"]
    hasInherited = row["inherited"] ?? false
    note = row["note"]
  }
}

/// What people ask of a store. All of it comes from the views: nothing here folds a journal.
extension Store {
  /// An experiment's trials, by number.
  public func trials(of record: ExperimentRecord) throws(StoreError) -> [TrialRow] {
    try read {
      try Row.fetchAll($0, sql: "SELECT * FROM trial WHERE experiment = ? ORDER BY number", arguments: [record.id]).map(TrialRow.init)
    }
  }

  /// How many trials stand where, twins left out.
  public func stateCounts(of record: ExperimentRecord) throws(StoreError) -> [String: Int] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT state, COUNT(*) AS number FROM trial WHERE experiment = ? AND origin IS NULL GROUP BY state",
        arguments: [record.id])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["state"], $0["number"]) })
    }
  }

  /// Where the experiment searches now: as its file said, with what was edited since.
  public func space(of record: ExperimentRecord) throws(StoreError) -> SearchSpace {
    try read { database in
      let events = try String.fetchAll(
        database, sql: "SELECT event FROM journal WHERE experiment = ? AND event LIKE '%\"commanded\"%\"edit\"%' ORDER BY number",
        arguments: [record.id])
      var space = record.definition.space
      for event in events {
        guard case .commanded(.edit(let edit), _) = try EventCoding.decoder.decode(Event.self, from: Data(event.utf8)).kind else {
          continue
        }
        // One that came too late was refused, by the machine, too.
        if let edited = try? edit.applied(to: space) { space = edited }
      }
      return space
    }
  }

  /// How many live changes of values each trial has had; trials without any are left out.
  public func liveChangeCounts(of record: ExperimentRecord) throws(StoreError) -> [Int: Int] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT trial, COUNT(*) AS number FROM change WHERE experiment = ? AND kind IS NOT 'trigger' GROUP BY trial
          """, arguments: [record.id])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["trial"], $0["number"]) })
    }
  }

  /// How many trials are twins.
  public func twinCount(of record: ExperimentRecord) throws(StoreError) -> Int {
    try read {
      try Int.fetchOne(
        $0, sql: "SELECT COUNT(*) FROM trial WHERE experiment = ? AND origin IS NOT NULL", arguments: [record.id]) ?? 0
    }
  }

  /// The trial with the best value; of equal ones the first.
  /// - Parameter withTwins: whether twins count.
  public func best(of record: ExperimentRecord, withTwins: Bool = false) throws(StoreError) -> TrialRow? {
    let order = record.definition.objective.goal == .maximize ? "DESC" : "ASC"
    return try read { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT * FROM trial WHERE experiment = ? AND value IS NOT NULL AND (origin IS NULL OR ?)
          ORDER BY value \(order), number LIMIT 1
          """,
        arguments: [record.id, withTwins]
      ).map(TrialRow.init)
    }
  }
}
