import AttuneCore
import AttuneValues
import Foundation
import GRDB

/// Everything that is recorded of one trial, as its attempts lived it.
public struct TrialRecord: Sendable {
  /// An attempt as the views have it.
  public struct AttemptRow: Sendable {
    /// From 1.
    public let number: Int
    /// How it ended, in words; `nil` while it runs.
    public let ending: String?
    /// Seconds from start to end; `nil` while it runs.
    public let seconds: Double?
    /// What its process measured of itself.
    public let cost: AttemptCost

    /// An attempt.
    public init(number: Int, ending: String?, seconds: Double?, cost: AttemptCost) {
      self.number = number
      self.ending = ending
      self.seconds = seconds
      self.cost = cost
    }
  }

  /// A report with the attempt that made it.
  public struct ReportRow: Sendable {
    /// The attempt's number.
    public let attempt: Int
    /// What it said.
    public let report: Report

    /// A report of an attempt.
    public init(attempt: Int, _ report: Report) {
      self.attempt = attempt
      self.report = report
    }
  }

  /// A change with the attempt in which it took effect.
  public struct ChangeRow: Sendable {
    /// The attempt's number.
    public let attempt: Int
    /// What took effect.
    public let change: Change

    /// A change of an attempt.
    public init(attempt: Int, _ change: Change) {
      self.attempt = attempt
      self.change = change
    }
  }

  /// The trial itself.
  public let trial: TrialRow
  /// By number.
  public let attempts: [AttemptRow]
  /// In the order in which they came.
  public let reports: [ReportRow]
  /// In the order in which they came.
  public let changes: [ChangeRow]

  /// What is recorded of a trial.
  public init(trial: TrialRow, attempts: [AttemptRow], reports: [ReportRow], changes: [ChangeRow]) {
    self.trial = trial
    self.attempts = attempts
    self.reports = reports
    self.changes = changes
  }
}

extension Store {
  /// One trial with all its attempts, reports and changes.
  /// - Returns: `nil` when the experiment has no such trial.
  public func trial(_ number: Int, of record: ExperimentRecord) throws(StoreError) -> TrialRecord? {
    try read { database in
      let key: StatementArguments = [record.id, number]
      guard let row = try Row.fetchOne(database, sql: "SELECT * FROM trial WHERE experiment = ? AND number = ?", arguments: key) else {
        return nil
      }
      let attempts = try Row.fetchAll(
        database, sql: "SELECT * FROM attempt WHERE experiment = ? AND trial = ? ORDER BY number", arguments: key)
      let reports = try Row.fetchAll(
        database, sql: "SELECT * FROM report WHERE experiment = ? AND trial = ? ORDER BY entry", arguments: key)
      let changes = try Row.fetchAll(
        database, sql: "SELECT * FROM change WHERE experiment = ? AND trial = ? ORDER BY entry", arguments: key)
      return TrialRecord(
        trial: try TrialRow(row), attempts: attempts.map(TrialRecord.AttemptRow.init),
        reports: try reports.map(TrialRecord.ReportRow.init), changes: try changes.map(TrialRecord.ChangeRow.init))
    }
  }
}

extension TrialRecord.AttemptRow {
  fileprivate init(_ row: Row) {
    self.init(
      number: row["number"], ending: row["ending"], seconds: row["seconds"],
      cost: AttemptCost(warmup: row["warmup"], joules: row["joules"], energySource: row["energy"]))
  }
}

extension TrialRecord.ReportRow {
  fileprivate init(_ row: Row) throws {
    let metrics = try EventCoding.decoder.decode([String: Double].self, from: Data((row["metrics"] as String).utf8))
    self.init(
      attempt: row["attempt"],
      Report(step: row["step"], metrics: metrics, elapsed: row["elapsed"], hasCheckpoint: row["checkpoint"] ?? false))
  }
}

extension TrialRecord.ChangeRow {
  init(_ row: Row) throws {
    let tags = try EventCoding.decoder.decode([String: Value].self, from: Data((row["tags"] as String).utf8))
    // Rows of before `kind` was kept: a single `true` may be either; a trigger is the likelier.
    let isTrigger = (row["kind"] as String?).map { $0 == "trigger" } ?? (tags.count == 1 && tags.values.first == true)
    self.init(
      attempt: row["attempt"],
      Change(
        number: row["number"], step: row["step"], values: isTrigger ? [:] : tags, trigger: isTrigger ? tags.keys.first : nil,
        by: row["by"], payload: row["payload"], reason: row["reason"], isImmediate: row["immediate"] ?? false))
  }
}
