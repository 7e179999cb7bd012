import AttuneCore
import Foundation
import GRDB

/// What people ask of a store. All of it comes from the views: nothing here folds a journal.
extension Store {
  /// An experiment's trials, by number.
  public func trials(of record: ExperimentRecord) throws(StoreError) -> [TrialRow] {
    try read {
      try Row.fetchAll($0, sql: "SELECT * FROM trial WHERE experiment = ? ORDER BY number", arguments: [record.id]).map(TrialRow.init)
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
}
