import AttuneCore
import Foundation
import GRDB

/// The database of a folder's experiments: one SQLite file in WAL mode.
///
/// What it promises: when `append` returns, the entries survive the death of the process, `kill -9` included, and readers see all
/// of a transaction or nothing. A power cut may lose the last transactions but never corrupts the file. See
/// `Docs/Decisions/0004-durability.md`.
///
/// When not to use it: for anything that is not a record of an experiment. Outputs and checkpoints are files beside it.
public final class Store: Sendable {
  let pool: any DatabaseWriter
  /// Where the file is.
  public let path: String

  /// Opens a store, or makes one.
  /// - Parameters:
  ///   - isNewAllowed: whether one is made where there is none.
  ///   - isBrief: whether it is for a question or two, by a process that lives for milliseconds.
  /// - Throws: `StoreError` when the folder cannot be written, the file is no store, or a newer version wrote it.
  public init(path: String, isNewAllowed: Bool = true, isBrief: Bool = false) throws(StoreError) {
    self.path = path
    if isBrief, let queue = BriefStore.open(path) {
      pool = queue
      return
    }
    do {
      guard isNewAllowed || FileManager.default.fileExists(atPath: path) else { throw StoreError.missing(path: path) }
      try Self.makeFolder(for: path)
      pool = try Self.openTogether(path)
      chmod(path, 0o600)
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// SQLite does not wait for another process that turns the same new file into a store: it is tried again, for ten seconds.
  private static func openTogether(_ path: String) throws -> DatabasePool {
    for _ in 0..<2000 {
      do { return try openOnce(path) } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY { usleep(5000) }
    }
    return try openOnce(path)
  }

  private static func openOnce(_ path: String) throws -> DatabasePool {
    var configuration = GRDB.Configuration()
    // Two experiments of a folder may write at the same time; a transaction takes milliseconds.
    configuration.busyMode = .timeout(30)
    let pool = try DatabasePool(path: path, configuration: configuration)
    if try pool.read(Schema.migrator.hasBeenSuperseded) { throw StoreError.newerSchema(path: path) }
    try migrate(pool)
    return pool
  }

  /// Of two processes that make a store at the same moment one comes second: what the other has done is there when it looks again.
  private static func migrate(_ pool: DatabasePool) throws {
    let migrator = Schema.migrator
    for _ in migrator.migrations {
      do { return try migrator.migrate(pool) } catch {
        if try pool.read(migrator.hasCompletedMigrations) { return }
      }
    }
    try migrator.migrate(pool)
  }

  /// SQLite would only say that it cannot open the file; the system knows why.
  private static func makeFolder(for path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } else if !isFolder.boolValue {
      throw StoreError.notWritable(path: path, reason: "\(folder) is a file")
    }
    guard access(folder, W_OK) == 0 else { throw StoreError.notWritable(path: path, reason: String(cString: strerror(errno))) }
  }

  /// Runs a transaction and puts what goes wrong into words.
  func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do { return try pool.write(body) } catch { throw StoreError(error, path: path) }
  }

  /// Reads one consistent state; an error of `body` itself stays what it is.
  func reading(_ body: (Database) throws -> Void) throws {
    do { try pool.read(body) } catch let error as DatabaseError { throw StoreError(error, path: path) }
  }

  /// Reads one consistent state.
  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do { return try pool.read(body) } catch { throw StoreError(error, path: path) }
  }
}
