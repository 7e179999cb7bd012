import AttuneCore
import Foundation
import GRDB

/// The tables beside the journal that people and tools read.
struct Views {
  let database: Database
  let experiment: Int64
  let criteria: Criteria

  /// Reports and changes: a row for each that the journal has.
  func record(_ event: Event, number: Int) throws {
    switch event.kind {
    case .reported(let attempt, let report):
      let statement = try database.cachedStatement(
        sql: "INSERT INTO report(experiment, entry, trial, attempt, step, elapsed, metrics, checkpoint) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      try statement.execute(arguments: [
        experiment, number, attempt.trial.rawValue, attempt.number, report.step, report.elapsed,
        try EventWriter.text(of: report.metrics) ?? json(report.metrics),
        report.hasCheckpoint,
      ])
    case .changed(let attempt, let change):
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO change(experiment, entry, trial, attempt, number, step, tags, by, time, kind, payload, reason, immediate)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          """)
      let tags = change.trigger.map { [$0: true] } ?? change.values
      try statement.execute(arguments: [
        experiment, number, attempt.trial.rawValue, attempt.number, change.number, change.step, try json(tags), change.by,
        event.time.seconds, change.trigger == nil ? "values" : "trigger", change.payload, change.reason, change.isImmediate,
      ])
    case .suspended(let attempt, let suspension): try record(suspension, of: attempt, number: number)
    case .attemptEnded(let attempt, let ending):
      if let suspension = ending.suspension { try record(suspension, of: attempt, number: number) }
    case .slotOffered(let slot): try offer(slot, true)
    case .slotLost(let slot): try offer(slot, false)
    default: break
    }
  }

  /// A trial and its last two attempts: earlier ones do not change any more.
  /// - Parameter entry: the journal's last number.
  func update(_ trial: Trial, at entry: Int) throws {
    let result = criteria.result(of: trial)
    let isOneNumber = criteria.objectives.count == 1
    let statement = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO trial(
          experiment, number, state, configuration, proposer, value, steps, reason, origin, checkpoint, parent, inherited, note, objectives,
          bounded, replica, adoptions, entry)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      experiment, trial.id.rawValue, trial.state.rawValue, try EventWriter.text(of: trial.configuration) ?? json(trial.configuration),
      trial.proposer, result.values?[0],
      trial.reports.last?.step ?? 0, trial.reason, try trial.origin.map(json), trial.checkpointStep, trial.parent?.rawValue,
      trial.hasInherited, trial.note, try isOneNumber ? nil : result.values.map(json),
      try result.bounded.isEmpty ? nil : json(result.bounded), try trial.replica.map(json),
      try trial.adoptions.isEmpty ? nil : json(trial.adoptions), entry,
    ])
    for attempt in trial.attempts.suffix(2) { try update(attempt) }
  }

  /// Empties every view of the experiment.
  func clear() throws {
    for table in ["report", "change", "suspension", "resource", "trial", "attempt"] {
      try database.execute(sql: "DELETE FROM \(table) WHERE experiment = ?", arguments: [experiment])
    }
  }

  private func update(_ attempt: Attempt) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO attempt(experiment, trial, number, slot, ending, seconds, tail, warmup, joules, energy)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try statement.execute(arguments: [
      experiment, attempt.id.trial.rawValue, attempt.id.number, attempt.slot.description, attempt.ending?.cause.description,
      attempt.ending?.seconds, attempt.ending?.tail, attempt.cost.warmup, attempt.cost.joules, attempt.cost.energySource,
    ])
  }

  private func record(_ suspension: Suspension, of attempt: AttemptID, number: Int) throws {
    try database.execute(
      sql: "INSERT INTO suspension(experiment, entry, trial, attempt, mode, seconds, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        experiment, number, attempt.trial.rawValue, attempt.number, suspension.mode.rawValue, suspension.seconds, suspension.bytes,
      ])
  }

  private func offer(_ slot: Slot, _ isOffered: Bool) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO resource(experiment, agent, slot, offered) VALUES (?, ?, ?, ?)",
      arguments: [experiment, slot.agent, slot.index, isOffered])
  }

  private func json(_ value: some Encodable) throws -> String {
    String(decoding: try EventCoding.encoder.encode(value), as: UTF8.self)
  }
}
