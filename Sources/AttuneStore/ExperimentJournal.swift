import AttuneCore
import Foundation
import GRDB
import Synchronization

/// One experiment's journal in a store.
public final class ExperimentJournal: Journal {
  private let store: Store
  private let experiment: Int64
  private let criteria: Criteria
  private let encoder = EventCoding.encoder
  /// Entries kept so far: the number of the last one.
  private let count: Mutex<Int>

  /// The journal of an experiment of the store.
  public init(_ record: ExperimentRecord, in store: Store) throws(StoreError) {
    self.store = store
    experiment = record.id
    criteria = record.definition.criteria
    let kept = try store.read { database in
      try Int.fetchOne(database, sql: "SELECT COALESCE(MAX(number), 0) FROM journal WHERE experiment = ?", arguments: [record.id]) ?? 0
    }
    count = Mutex(kept)
  }

  /// One transaction for all of them, and for the views.
  /// - Throws: `StoreError`; then nothing is kept.
  public func append(_ entries: [JournalEntry], updating trials: [Trial]) throws {
    guard !entries.isEmpty else { return }
    try count.withLock { count in
      try store.write { database in
        let views = Views(database: database, experiment: experiment, criteria: criteria)
        for (offset, entry) in entries.enumerated() {
          try insert(entry, number: count + 1 + offset, database)
          try views.record(entry.event, number: count + 1 + offset)
        }
        for trial in trials { try views.update(trial, at: count + entries.count) }
      }
      count += entries.count
    }
  }

  /// Shows everything kept, in order, as it was when the reading began.
  /// - Throws: `StoreError`, or what `body` throws.
  public func replay(_ body: (JournalEntry) throws -> Void) throws {
    let decoder = EventCoding.decoder
    try store.reading { database in
      // Columns by their places: of thousands of rows, names would have to be looked up in each.
      let rows = try Row.fetchCursor(
        database, sql: "SELECT number, event, source, sequence FROM journal WHERE experiment = ? ORDER BY number", arguments: [experiment])
      while let row = try rows.next() {
        let event: Event
        do { event = try EventReader.read(row[1], else: decoder) } catch {
          throw StoreError.unreadable(path: store.path, reason: "journal entry \(row["number"] as Int): \(error)")
        }
        let origin = (row[2] as String?).map { JournalEntry.Origin(source: $0, sequence: row[3]) }
        try body(JournalEntry(event, origin: origin))
      }
    }
  }

  /// Writes how the experiment ended into its row; `nil` when it goes on.
  public func note(outcome: Outcome?, at time: Timestamp) throws(StoreError) {
    try store.write { database in
      try database.execute(
        sql: "UPDATE experiment SET outcome = ?, ended = ? WHERE id = ?",
        arguments: [outcome?.description, outcome == nil || outcome == .interrupted ? nil : time.seconds, experiment])
    }
  }

  /// Makes the views anew from the journal.
  /// - Parameter history: the journal, folded.
  public func rebuildViews(_ history: History) throws {
    let entries = try entries()
    try store.write { database in
      let views = Views(database: database, experiment: experiment, criteria: criteria)
      try views.clear()
      for (index, entry) in entries.enumerated() { try views.record(entry.event, number: index + 1) }
      for trial in history.trials { try views.update(trial, at: entries.count) }
    }
  }

  private func insert(_ entry: JournalEntry, number: Int, _ database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT INTO journal(experiment, number, time, event, source, sequence) VALUES (?, ?, ?, ?, ?, ?)")
    let json = try EventWriter.text(of: entry.event, else: encoder)
    try statement.execute(arguments: [
      experiment, number, entry.event.time.seconds, json, entry.origin?.source, entry.origin?.sequence,
    ])
  }
}
