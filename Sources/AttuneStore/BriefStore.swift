import Foundation
import GRDB

/// Opens a store for a process that lives for ten milliseconds: one connection, and nothing that is only needed once in a store's life.
///
/// A pool opens a second connection for its readers, turns the file into one with a write-ahead log, and goes through the migrations,
/// which takes two milliseconds at every start. Here the file must be such a store already; else the long way is gone.
enum BriefStore {
  /// Pages of the write-ahead log at which it is moved into the database.
  ///
  /// Nobody keeps the database open between two such processes, so each reads the whole log when it starts: 3 ms for the 1000 pages that
  /// SQLite lets it grow to. A shorter one would be moved, which waits for the disk, at more of the questions.
  static let logPages = 250

  /// - Returns: `nil` when it is not as this version would have made it, or cannot be opened: the long way knows what to do or say.
  static func open(_ path: String) -> DatabaseQueue? {
    // SQLite would make an empty file.
    guard access(path, R_OK | W_OK) == 0 else { return nil }
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = \(logPages)")
    }
    let queue = try? DatabaseQueue(path: path, configuration: configuration)
    let isCurrent = try? queue?.unsafeRead { database in
      guard try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal" else { return false }
      return try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations").sorted() == Schema.identifiers
    }
    return isCurrent == true ? queue : nil
  }
}
