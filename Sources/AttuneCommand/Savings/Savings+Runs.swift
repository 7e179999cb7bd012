import AttuneCore
import AttuneStore
import AttuneValues

extension Savings.Run {
  /// The attempts of a trial.
  static func all(of record: TrialRecord) -> [Savings.Run] {
    record.attempts.map { attempt in
      let reports = record.reports.filter { $0.attempt == attempt.number }.map(\.report)
      // A first report's `elapsed` is what the agent measured; the process itself knows better when it began.
      let warmup = attempt.cost.warmup ?? reports.first?.elapsed
      let seconds = attempt.seconds ?? reports.last?.elapsed
      let energy = attempt.cost.joules.flatMap { joules in seconds.map { (joules, $0, attempt.cost.energySource) } }
      let seen = record.reports.filter { $0.attempt <= attempt.number && $0.report.hasCheckpoint }.map(\.report.step)
      let saved = record.changes.filter { $0.attempt <= attempt.number && $0.change.trigger == "attune.checkpoint" }.map(\.change.step)
      let resumed = reports.first.map { attempt.number > 1 || record.trial.origin != nil ? [$0.step - 1] : [] } ?? []
      return Savings.Run(
        name: "trial \(record.trial.number)", warmup: warmup, energy: energy, reports: reports.map { ($0.step, $0.elapsed) },
        changes: record.changes.filter { $0.attempt == attempt.number }.map(\.change), checkpoints: seen + saved + resumed)
    }
  }

  /// A program that runs by itself.
  /// - Parameter now: when it was asked; what it has used, it has used since its process began.
  init(_ program: ProgramHistory, at now: Timestamp) {
    let greeting = program.greeting
    let reports = program.curve.reports.map { ($0.step, $0.elapsed) }
    let energy = greeting["energy"]?["joules"]?.double.flatMap { joules in
      greeting["began"]?.double.map { (joules, max(0, now.seconds - $0), greeting["energy"]?["source"]?.string) }
    }
    self.init(
      name: program.name, warmup: greeting["warmup"]?.double, energy: energy, reports: reports, changes: program.changes,
      checkpoints: program.changes.filter { $0.trigger == "attune.checkpoint" }.map(\.step))
  }
}
