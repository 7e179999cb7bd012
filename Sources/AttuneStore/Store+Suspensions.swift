import AttuneCore
import GRDB

/// A time that a trial was taken off its slot.
public struct SuspensionRow: Sendable {
  /// Whose it was.
  public let attempt: AttemptID
  /// What it took.
  public let suspension: Suspension
}

extension Store {
  /// The suspensions of an experiment, in the order in which they happened.
  public func suspensions(of record: ExperimentRecord) throws(StoreError) -> [SuspensionRow] {
    try read {
      try Row.fetchAll($0, sql: "SELECT * FROM suspension WHERE experiment = ? ORDER BY entry", arguments: [record.id]).map { row in
        SuspensionRow(
          attempt: AttemptID(trial: TrialID(row["trial"] as Int), number: row["attempt"]),
          suspension: Suspension(SuspendMode(rawValue: row["mode"]) ?? .none, seconds: row["seconds"], bytes: row["bytes"]))
      }
    }
  }
}
