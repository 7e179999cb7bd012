import GRDB

/// The tables. The journal is what counts; the other tables of an experiment are views of it for people and tools, written in the
/// same transaction and rebuilt from it at will. A migration, once released, is never changed.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try people(database)
      try journal(database)
      try trials(database)
      try records(database)
    }
    migrator.registerMigration("2") { database in
      try liveDetails(database)
    }
    migrator.registerMigration("parents") { database in
      try database.alter(table: "trial") { table in
        table.add(column: "parent", .integer)
        table.add(column: "inherited", .boolean)
        table.add(column: "note", .text)
      }
    }
    migrator.registerMigration("results") { database in
      try results(database)
    }
    migrator.registerMigration("suspensions") { database in
      try database.create(table: "suspension") { table in
        table.column("experiment", .integer).notNull().references("experiment", onDelete: .cascade)
        table.column("entry", .integer).notNull()
        table.column("trial", .integer).notNull()
        table.column("attempt", .integer).notNull()
        table.column("mode", .text).notNull()
        table.column("seconds", .double).notNull()
        table.column("bytes", .integer).notNull()
        table.primaryKey(["experiment", "entry"])
      }
    }
    migrator.registerMigration("adoptions") { database in
      try database.alter(table: "trial") { table in table.add(column: "adoptions", .jsonText) }
    }
    migrator.registerMigration("news") { database in
      // The journal's number at which the row was written: who watches asks for what is newer.
      try database.alter(table: "trial") { table in table.add(column: "entry", .integer) }
      try database.create(index: "trial_by_entry", on: "trial", columns: ["experiment", "entry"])
    }
    return migrator
  }

  /// The names of all migrations, sorted.
  static var identifiers: [String] { migrator.migrations.sorted() }

  /// What live tuning records beside the first columns; rows of before have none of it.
  private static func liveDetails(_ database: Database) throws {
    try database.alter(table: "trial") { table in
      table.add(column: "origin", .jsonText)
      table.add(column: "checkpoint", .integer)
    }
    try database.alter(table: "attempt") { table in
      table.add(column: "warmup", .double)
      table.add(column: "joules", .double)
      table.add(column: "energy", .text)
    }
    try database.alter(table: "report") { table in table.add(column: "checkpoint", .boolean) }
    try database.alter(table: "change") { table in
      table.add(column: "kind", .text)
      table.add(column: "payload", .jsonText)
      table.add(column: "reason", .text)
      table.add(column: "immediate", .boolean)
    }
  }

  /// What a trial's rank is made from, where one value does not say it; rows of before have none of it.
  private static func results(_ database: Database) throws {
    try database.alter(table: "trial") { table in
      table.add(column: "objectives", .jsonText)
      table.add(column: "bounded", .jsonText)
      table.add(column: "replica", .jsonText)
    }
  }

  private static func people(_ database: Database) throws {
    try database.create(table: "user") { table in
      table.autoIncrementedPrimaryKey("id")
      table.column("name", .text).notNull().unique()
    }
    try database.create(table: "experiment") { table in
      table.autoIncrementedPrimaryKey("id")
      table.column("name", .text).notNull().unique()
      table.column("user", .integer).notNull().references("user")
      table.column("definition", .jsonText).notNull()
      table.column("file", .text)
      table.column("created", .double).notNull()
      table.column("ended", .double)
      table.column("outcome", .text)
    }
    try database.create(table: "resource") { table in
      table.column("experiment", .integer).notNull().references("experiment", onDelete: .cascade)
      table.column("agent", .text).notNull()
      table.column("slot", .integer).notNull()
      table.column("offered", .boolean).notNull()
      table.primaryKey(["experiment", "agent", "slot"])
    }
  }

  /// `source` and `sequence` are the agent's own numbering: the unique index makes it impossible to keep an event twice.
  private static func journal(_ database: Database) throws {
    try database.create(table: "journal") { table in
      table.column("experiment", .integer).notNull().references("experiment", onDelete: .cascade)
      table.column("number", .integer).notNull()
      table.column("time", .double).notNull()
      table.column("event", .jsonText).notNull()
      table.column("source", .text)
      table.column("sequence", .integer)
      table.primaryKey(["experiment", "number"])
      table.uniqueKey(["experiment", "source", "sequence"])
    }
  }

  private static func trials(_ database: Database) throws {
    try database.create(table: "trial") { table in
      table.column("experiment", .integer).notNull().references("experiment", onDelete: .cascade)
      table.column("number", .integer).notNull()
      table.column("state", .text).notNull()
      table.column("configuration", .jsonText).notNull()
      table.column("proposer", .text).notNull()
      table.column("value", .double)
      table.column("steps", .integer).notNull()
      table.column("reason", .text)
      table.primaryKey(["experiment", "number"])
    }
    try database.create(table: "attempt") { table in
      table.column("experiment", .integer).notNull().references("experiment", onDelete: .cascade)
      table.column("trial", .integer).notNull()
      table.column("number", .integer).notNull()
      table.column("slot", .text).notNull()
      table.column("ending", .text)
      table.column("seconds", .double)
      table.column("tail", .text)
      table.primaryKey(["experiment", "trial", "number"])
    }
  }

  /// `entry` is the journal's number: a report or a change is there as often as the journal has it, once.
  private static func records(_ database: Database) throws {
    try database.create(table: "report") { table in
      table.column("experiment", .integer).notNull().references("experiment", onDelete: .cascade)
      table.column("entry", .integer).notNull()
      table.column("trial", .integer).notNull()
      table.column("attempt", .integer).notNull()
      table.column("step", .integer).notNull()
      table.column("elapsed", .double).notNull()
      table.column("metrics", .jsonText).notNull()
      table.primaryKey(["experiment", "entry"])
    }
    try database.create(index: "report_by_trial", on: "report", columns: ["experiment", "trial", "step"])
    try database.create(table: "change") { table in
      table.column("experiment", .integer).notNull().references("experiment", onDelete: .cascade)
      table.column("entry", .integer).notNull()
      table.column("trial", .integer).notNull()
      table.column("attempt", .integer).notNull()
      table.column("number", .integer).notNull()
      table.column("step", .integer).notNull()
      table.column("tags", .jsonText).notNull()
      table.column("by", .text).notNull()
      table.column("time", .double).notNull()
      table.primaryKey(["experiment", "entry"])
    }
  }
}
