import AttuneCore
import AttuneEngine
import AttuneStore

/// A trial with what it inherited: of a twin, the past that it shares with the trial it was forked from.
struct TrialLine {
  let record: TrialRecord
  let schedule: Schedule
  /// Its own reports, of all attempts.
  let curve: Curve
  /// `ATTUNE_SEED` of its script.
  let seed: UInt32
  /// The trial at the beginning of its line: what that was given of its parent, its twins begin with, too.
  let root: Int
  /// What its line begins with.
  let configuration: AttuneCore.Configuration
  /// The lives that led to it, where it has adopted what others had come to; empty where it has not.
  private let lives: [Stretch]

  /// - Throws: `Failure` when there is no such trial.
  init(_ number: Int, of experiment: ExperimentRecord, in store: Store) throws {
    let record = try Self.record(number, of: experiment, in: store)
    self.record = record
    if !record.trial.adoptions.isEmpty {
      let definition = experiment.definition
      let history = try StoredHistory.read(experiment, in: store)
      lives = history[TrialID(number)].line
      schedule = Schedule(lives, by: definition.scheduler.name) { history.space[$0]?.isLive == true }
      curve = Curve(lives.flatMap(\.reports))
      let first = lives.first?.trial ?? TrialID(number)
      root = first.rawValue
      configuration = lives.first?.configuration ?? record.trial.configuration
      seed = definition.scriptSeed(of: first, history[first].replica)
      return
    }
    var line = [record]
    while let origin = line.last?.trial.origin { line.append(try Self.record(origin.trial.rawValue, of: experiment, in: store)) }
    var inherited: [Change] = []
    for (member, heir) in zip(line.reversed(), line.reversed().dropFirst()) {
      guard let origin = heir.trial.origin else { continue }
      inherited = Schedule(member, inherited: inherited).changes.filter { origin.kept.contains($0.number) }
    }
    lives = []
    configuration = record.trial.configuration
    schedule = Schedule(record, inherited: inherited)
    curve = Curve(record.reports)
    let first = line.last?.trial ?? record.trial
    root = first.number
    seed = experiment.definition.scriptSeed(of: TrialID(root), first.replica)
  }

  /// Comments at the top of its schedule.
  func head(of experiment: ExperimentRecord) -> [String] {
    var lines = [
      "experiment \(experiment.name), trial \(record.trial.number), ATTUNE_SEED \(seed)",
      "configuration \(configuration.json.text)",
    ]
    for (life, next) in zip(lives, lives.dropFirst()) where life.start < next.start {
      lines.append("steps \(life.start + 1) to \(next.start) are trial \(life.trial)'s: trial \(next.trial) went on with its checkpoint")
    }
    if let origin = record.trial.origin { lines.append("the twin of trial \(origin.trial) from step \(origin.step) on") }
    let attempts = record.attempts.count
    if attempts > 1 { lines.append("\(attempts) attempts, put together; equal to the last bit if the script resumes exactly") }
    if !schedule.inexact.isEmpty {
      lines.append("lines with \"immediate\" took effect between two steps and are not replayed to the last bit")
    }
    return lines
  }

  /// Where a replay is stopped because the trial was; `nil` when its script ran to its end.
  var lastStepOfAnUnfinishedRun: Int? {
    record.attempts.last?.ending == "\(Ending.Cause.exited(status: 0))" ? nil : curve.reports.last?.step
  }

  private static func record(_ number: Int, of experiment: ExperimentRecord, in store: Store) throws -> TrialRecord {
    let found: TrialRecord?
    do { found = try store.trial(number, of: experiment) } catch { throw Failure(error.status, error.description) }
    guard let found else { throw Failure(.unknown, "experiment '\(experiment.name)' has no trial \(number)") }
    return found
  }
}
