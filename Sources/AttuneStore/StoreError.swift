import Foundation
import GRDB

/// Why the store cannot be used.
public enum StoreError: Error, Hashable, Sendable {
  case notWritable(path: String, reason: String)
  case missing(path: String)
  case newerSchema(path: String)
  case notADatabase(path: String)
  case full(path: String)
  case noSuchExperiment(name: String, known: [String], path: String)
  case unreadable(path: String, reason: String)
  case other(path: String, reason: String)

  init(_ error: any Error, path: String) {
    if let error = error as? StoreError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      let isFull = (error as NSError).code == CocoaError.fileWriteOutOfSpace.rawValue
      self = isFull ? .full(path: path) : .notWritable(path: path, reason: Self.reason(of: error))
      return
    }
    switch error.resultCode {
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .notADatabase(path: path)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      self = .notWritable(path: path, reason: error.message ?? "SQLite cannot write it")
    case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_WRITE: self = .full(path: path)
    default: self = .other(path: path, reason: error.message ?? "\(error.resultCode)")
    }
  }

  private static func reason(of error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
    return error.localizedDescription
  }
}

extension StoreError: CustomStringConvertible {
  /// One line: the thing, what happened, what is allowed.
  public var description: String {
    switch self {
    case .notWritable(let path, let reason):
      "store \(path): cannot be written (\(reason)); a folder of one's own is needed. Choose another with --store FOLDER"
    case .missing(let path): "there is no store at \(path); `attune run FILE` makes one, --store FOLDER names another"
    case .newerSchema(let path):
      "store \(path): written by a newer version of attune, and left untouched; update attune, or choose another store with --store FOLDER"
    case .notADatabase(let path):
      "store \(path): is no SQLite database, or is damaged; it was left untouched. Choose another with --store FOLDER"
    case .full(let path):
      "store \(path): the disk is full. What was acknowledged is kept; running attempts go on. Free space, then `attune resume`"
    case .noSuchExperiment(let name, let known, let path):
      "experiment '\(name)' is not in \(path)"
        + (known.isEmpty ? "; it holds none yet. `attune run FILE` starts one" : "; it holds \(known.joined(separator: ", "))")
    case .unreadable(let path, let reason): "store \(path): holds something that cannot be read: \(reason)"
    case .other(let path, let reason): "store \(path): \(reason)"
    }
  }
}
