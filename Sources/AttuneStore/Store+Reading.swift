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

  init(_ row: Row) throws {
    number = row["number"]
    state = row["state"]
    configuration = try EventCoding.decoder.decode(AttuneCore.Configuration.self, from: Data((row["configuration"] as String).utf8))
    proposer = row["proposer"]
    value = row["value"]
    steps = row["steps"]
    reason = row["reason"]
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

  /// How many trials stand where.
  public func stateCounts(of record: ExperimentRecord) throws(StoreError) -> [String: Int] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT state, COUNT(*) AS number FROM trial WHERE experiment = ? GROUP BY state", arguments: [record.id])
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["state"], $0["number"]) })
    }
  }

  /// The trial with the best value; of equal ones the first.
  public func best(of record: ExperimentRecord) throws(StoreError) -> TrialRow? {
    let order = record.definition.objective.goal == .maximize ? "DESC" : "ASC"
    return try read { database in
      try Row.fetchOne(
        database, sql: "SELECT * FROM trial WHERE experiment = ? AND value IS NOT NULL ORDER BY value \(order), number LIMIT 1",
        arguments: [record.id]
      ).map(TrialRow.init)
    }
  }
}
