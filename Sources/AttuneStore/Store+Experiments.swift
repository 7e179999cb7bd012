import AttuneCore
import Foundation
import GRDB

/// An experiment of a store.
public struct ExperimentRecord: Sendable {
  /// Its row.
  public let id: Int64
  /// Unique in the store: the file's name, with a number when it was there before (`digits`, `digits-2`).
  public let name: String
  /// What its file said.
  public let definition: ExperimentDefinition
  /// The file it came from.
  public let file: String?
  /// When it was made, seconds since 1970.
  public let created: Timestamp
  /// When it ended; `nil` while it has not.
  public let ended: Timestamp?
  /// How it ended, in words.
  public let outcome: String?
}

extension Store {
  /// Adds an experiment under its definition's name, or that name with the next free number.
  /// - Parameter unlessOfFile: whether the newest experiment of that file is given instead, where another process has made one meanwhile.
  public func create(
    _ definition: ExperimentDefinition, file: String?, user: String, at time: Timestamp, unlessOfFile: Bool = false
  ) throws(StoreError) -> ExperimentRecord {
    try write { database in
      if unlessOfFile, let file, let known = try Self.newest(ofFile: file, database, path: path) { return known }
      try database.execute(sql: "INSERT INTO user(name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [user])
      let name = try Self.freeName(definition.name, database)
      let json = String(decoding: try EventCoding.encoder.encode(definition), as: UTF8.self)
      try database.execute(
        sql: "INSERT INTO experiment(name, user, definition, file, created) SELECT ?, id, ?, ?, ? FROM user WHERE name = ?",
        arguments: [name, json, file, time.seconds, user])
      return ExperimentRecord(
        id: database.lastInsertedRowID, name: name, definition: definition, file: file, created: time, ended: nil, outcome: nil)
    }
  }

  /// Every experiment, the oldest first.
  public func experiments() throws(StoreError) -> [ExperimentRecord] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM experiment ORDER BY id").map { try Self.record($0, path: path) }
    }
  }

  /// The experiment of that name, or the newest.
  /// - Throws: `StoreError.noSuchExperiment`, naming those there are.
  public func experiment(named name: String?) throws(StoreError) -> ExperimentRecord {
    let found = try read { database in
      // The others' definitions are not read: a folder may hold hundreds.
      let row =
        if let name { try Row.fetchOne(database, sql: "SELECT * FROM experiment WHERE name = ?", arguments: [name]) } else {
          try Row.fetchOne(database, sql: "SELECT * FROM experiment ORDER BY id DESC LIMIT 1")
        }
      return try row.map { try Self.record($0, path: path) }
    }
    if let found { return found }
    let known = try read { try String.fetchAll($0, sql: "SELECT name FROM experiment ORDER BY id") }
    throw .noSuchExperiment(name: name ?? "(newest)", known: known, path: path)
  }

  /// The newest experiment that was made from the file at that path; `nil` when there is none.
  public func newestExperiment(ofFile file: String) throws(StoreError) -> ExperimentRecord? {
    try read { try Self.newest(ofFile: file, $0, path: path) }
  }

  private static func newest(ofFile file: String, _ database: Database, path: String) throws -> ExperimentRecord? {
    let row = try Row.fetchOne(database, sql: "SELECT * FROM experiment WHERE file = ? ORDER BY id DESC LIMIT 1", arguments: [file])
    return try row.map { try record($0, path: path) }
  }

  private static func freeName(_ name: String, _ database: Database) throws -> String {
    let taken = Set(try String.fetchAll(database, sql: "SELECT name FROM experiment"))
    guard taken.contains(name) else { return name }
    return (2...).lazy.map { "\(name)-\($0)" }.first { !taken.contains($0) } ?? name
  }

  private static func record(_ row: Row, path: String) throws -> ExperimentRecord {
    let json: String = row["definition"]
    do {
      return ExperimentRecord(
        id: row["id"], name: row["name"], definition: try DefinitionReader.read(json),
        file: row["file"], created: Timestamp(seconds: row["created"]),
        ended: (row["ended"] as Double?).map { Timestamp(seconds: $0) }, outcome: row["outcome"])
    } catch {
      throw StoreError.unreadable(path: path, reason: "the definition of experiment '\(row["name"] as String)': \(error)")
    }
  }
}
