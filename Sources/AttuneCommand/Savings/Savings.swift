import AttuneCore

/// What changing a run while it went on has saved: the restarts that it took the place of, with what each would have cost.
///
/// Counted is one restart for each change of values that somebody outside asked for and that took effect; values changed together
/// are one. A restart costs the warm-up (start of the process to its first report) and the steps since the last checkpoint that was
/// seen, or since the start. Both are measured on the very run; what was not measured is `nil`, and never guessed. The time until a
/// person notices and starts the program again is left out.
struct Savings {
  /// One process: an attempt of a trial, or a program that runs by itself.
  struct Run {
    /// For a person: `trial 3`.
    let name: String
    /// Seconds from the start of the process to its first report.
    let warmup: Double?
    /// Energy, the seconds in which it was used, and what counted it.
    let energy: (joules: Double, seconds: Double, source: String?)?
    /// Steps and seconds of its reports, in order.
    let reports: [(step: Int, elapsed: Double)]
    let changes: [Change]
    /// Steps of checkpoints from which a restart could have gone on.
    let checkpoints: [Int]
  }

  /// A restart that was avoided.
  struct Restart {
    let name: String
    let change: Change
    let warmup: Double?
    /// The checkpoint it would have gone on from; 0 for the start.
    let checkpoint: Int
    /// Seconds for the steps from there to the change.
    let repeated: Double?
    let joules: Double?

    /// Seconds; `nil` when a part of it was not measured.
    var seconds: Double? { warmup.flatMap { warmup in repeated.map { warmup + $0 } } }
  }

  /// In the order of the runs.
  let restarts: [Restart]
  /// What counted the energy.
  let energySources: [String]

  init(_ runs: [Run]) {
    restarts = runs.flatMap { run in
      run.changes.filter { $0.trigger == nil && $0.number > 0 }.map { Self.restart(for: $0, in: run) }
    }
    energySources = Set(runs.compactMap { $0.energy?.source }).sorted()
  }

  private static func restart(for change: Change, in run: Run) -> Restart {
    let checkpoint = run.checkpoints.filter { $0 <= change.step }.max() ?? 0
    let done = run.reports.last { $0.step <= change.step }
    // The first report is in the warm-up already: only what came after it is repeated beside.
    let start = run.reports.last { $0.step <= checkpoint } ?? run.reports.first
    let repeated: Double? = run.reports.isEmpty ? nil : done.flatMap { done in start.map { max(0, done.elapsed - $0.elapsed) } } ?? 0
    let seconds = run.warmup.flatMap { warmup in repeated.map { warmup + $0 } }
    let joules = run.energy.flatMap { energy in
      energy.seconds > 0 ? seconds.map { $0 * energy.joules / energy.seconds } : nil
    }
    return Restart(name: run.name, change: change, warmup: run.warmup, checkpoint: checkpoint, repeated: repeated, joules: joules)
  }
}
