import AttuneCore
import AttuneValues
import Foundation
import GRDB

/// What has come to an experiment's journal behind some number of it: the number is a cursor, which no death of a process takes back.
public struct StoreNews: Sendable {
  /// The journal's last number.
  public let cursor: Int
  /// In the order in which they came.
  public let reports: [NewReport]
  /// In the order in which they came.
  public let changes: [NewChange]
  /// Trials that are new or stand elsewhere.
  public let trials: [TrialBrief]

  /// A report.
  public struct NewReport: Sendable {
    /// Whose.
    public let trial: Int
    /// After which step.
    public let step: Int
    /// Seconds of training.
    public let elapsed: Double
    /// By name.
    public let metrics: JSON
  }

  /// A change of live values.
  public struct NewChange: Sendable {
    /// Whose.
    public let trial: Int
    /// When, seconds since 1970.
    public let time: Double
    /// What took effect.
    public let change: Change
  }
}

/// Where a trial stands, in four columns.
public struct TrialBrief: Sendable {
  /// Its number.
  public let number: Int
  /// Its state.
  public let state: Trial.State
  /// For the first objective; `nil` when it has none.
  public let value: Double?
  /// Its last step.
  public let steps: Int

  init(_ row: Row) {
    number = row[0]
    state = Trial.State(rawValue: row[1]) ?? .failed
    value = row[2]
    steps = row[3]
  }
}

extension Store {
  private static let brief = "SELECT number, state, value, steps FROM trial WHERE experiment = ?"

  /// The number of an experiment's last journal entry, and how it ended.
  /// - Complexity: one look at an index.
  public func pulse(of experiment: Int64) throws(StoreError) -> (cursor: Int, outcome: String?) {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT (SELECT COALESCE(MAX(number), 0) FROM journal WHERE experiment = ?1), (SELECT outcome FROM experiment WHERE id = ?1)")
      guard let row = try Row.fetchOne(statement, arguments: [experiment]) else { return (0, nil) }
      return (row[0], row[1])
    }
  }

  /// All that is newer than a number of the journal.
  /// - Parameter limit: of journal entries.
  /// - Returns: `nil` when there are more.
  public func news(of experiment: Int64, after cursor: Int, limit: Int) throws(StoreError) -> StoreNews? {
    try read { database in
      let last = try Int.fetchOne(
        database, sql: "SELECT COALESCE(MAX(number), 0) FROM journal WHERE experiment = ?", arguments: [experiment])
      guard let last, last - cursor <= limit else { return nil }
      let since: StatementArguments = [experiment, cursor]
      let reports = try Row.fetchAll(
        database, sql: "SELECT trial, step, elapsed, metrics FROM report WHERE experiment = ? AND entry > ? ORDER BY entry",
        arguments: since)
      let changes = try Row.fetchAll(
        database, sql: "SELECT * FROM change WHERE experiment = ? AND entry > ? ORDER BY entry", arguments: since)
      let trials = try Row.fetchAll(database, sql: Self.brief + " AND entry > ? ORDER BY number", arguments: since)
      return StoreNews(
        cursor: last,
        reports: try reports.map {
          StoreNews.NewReport(trial: $0[0], step: $0[1], elapsed: $0[2], metrics: try JSON(parsing: Array(($0[3] as String).utf8)))
        },
        changes: try changes.map {
          StoreNews.NewChange(trial: $0["trial"], time: $0["time"], change: try TrialRecord.ChangeRow($0).change)
        }, trials: trials.map(TrialBrief.init))
    }
  }

  /// Where all trials stand, by number, and the cursor behind which news go on: of one moment.
  public func briefs(of experiment: Int64) throws(StoreError) -> (cursor: Int, trials: [TrialBrief]) {
    try read { database in
      let last = try Int.fetchOne(
        database, sql: "SELECT COALESCE(MAX(number), 0) FROM journal WHERE experiment = ?", arguments: [experiment])
      return (last ?? 0, try Row.fetchAll(database, sql: Self.brief + " ORDER BY number", arguments: [experiment]).map(TrialBrief.init))
    }
  }

  /// The configurations of all trials, by number, as JSON.
  public func configurations(of experiment: Int64) throws(StoreError) -> [JSON] {
    try read { database in
      try String.fetchAll(database, sql: "SELECT configuration FROM trial WHERE experiment = ? ORDER BY number", arguments: [experiment])
        .map { try JSON(parsing: Array($0.utf8)) }
    }
  }

  /// A trial's reports in the order in which they came, of which a later one of the same step takes the place of an earlier.
  public func reports(of trial: Int, in experiment: Int64) throws(StoreError) -> [StoreNews.NewReport] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT trial, step, elapsed, metrics FROM report WHERE experiment = ? AND trial = ? ORDER BY entry",
        arguments: [experiment, trial]
      ).map {
        StoreNews.NewReport(trial: $0[0], step: $0[1], elapsed: $0[2], metrics: try JSON(parsing: Array(($0[3] as String).utf8)))
      }
    }
  }

  /// The names of all metrics of an experiment's first and newest reports.
  public func metricNames(of experiment: Int64) throws(StoreError) -> [String] {
    try read { database in
      let ends = try String.fetchAll(
        database,
        sql: """
          SELECT metrics FROM (SELECT metrics FROM report WHERE experiment = ?1 ORDER BY entry LIMIT 20)
          UNION ALL SELECT metrics FROM (SELECT metrics FROM report WHERE experiment = ?1 ORDER BY entry DESC LIMIT 20)
          """, arguments: [experiment])
      var names: Set<String> = []
      for text in ends { names.formUnion((try JSON(parsing: Array(text.utf8)).object ?? [:]).keys) }
      return names.sorted()
    }
  }
}
