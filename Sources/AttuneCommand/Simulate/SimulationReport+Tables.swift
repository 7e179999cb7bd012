import AttuneSimulator
import Foundation

extension SimulationReport {
  /// Writes tables of comma-separated values: a run a line, an improvement a line, a trial a line; and who held the slots.
  /// - Throws: `Failure` when the folder cannot be written.
  func writeTables(to folder: String) throws(Failure) {
    try Self.write("runs.csv", runs, into: folder)
    try Self.write("best.csv", improvements, into: folder)
    try Self.write("trials.csv", trials, into: folder)
    if allRuns.contains(where: { !$0.allocation.isEmpty }) { try Self.write("allocation.csv", allocation, into: folder) }
  }

  /// Writes a file into a folder, which is made when it is not there.
  static func write(_ name: String, _ text: String, into folder: String) throws(Failure) {
    let place = URL(filePath: folder, directoryHint: .isDirectory)
    do {
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try text.write(to: place.appending(path: name), atomically: true, encoding: .utf8)
    } catch {
      throw Failure(.failed, "\(folder)/\(name) cannot be written: \(error.localizedDescription)")
    }
  }

  private var allRuns: [SimulatedRun] { comparison.rows.flatMap(\.runs) }

  private var runs: String {
    let head =
      "scheduler,repeat,time_to_target,seconds,best,machine_seconds,steps_seconds,lost_seconds,suspending_seconds,"
      + "resuming_seconds,trials,suspensions,failures,predictions,events\n"
    return allRuns.reduce(into: head) { text, run in
      let time = run.machineTime
      let cells = [
        run.timeToTarget.map { "\($0)" } ?? "", "\(run.seconds)", run.best.map { "\($0)" } ?? "", "\(time.total)", "\(time.steps)",
        "\(time.lost)", "\(time.suspending)", "\(time.resuming)", "\(run.trials.count)", "\(run.suspensions)", "\(run.failures)",
        "\(run.predictions)", "\(run.events)",
      ]
      text += "\(run.scheduler),\(run.repetition + 1),\(cells.joined(separator: ","))\n"
    }
  }

  private var improvements: String {
    allRuns.reduce(into: "scheduler,repeat,seconds,best\n") { text, run in
      for point in run.improvements { text += "\(run.scheduler),\(run.repetition + 1),\(point.seconds),\(point.value)\n" }
    }
  }

  private var allocation: String {
    allRuns.reduce(into: "scheduler,repeat,seconds,promising,others\n") { text, run in
      for entry in run.allocation {
        text += "\(run.scheduler),\(run.repetition + 1),\(entry.seconds),\(entry.promising),\(entry.others)\n"
      }
    }
  }

  private var trials: String {
    allRuns.reduce(into: "scheduler,repeat,trial,configuration,state,seconds,reports,suspensions,failures\n") { text, run in
      for (index, trial) in run.trials.enumerated() {
        let name = plan.workload.names[trial.configuration].replacing(",", with: " ")
        text += "\(run.scheduler),\(run.repetition + 1),\(index + 1),\(name),\(trial.state.rawValue),"
        text += "\(trial.seconds),\(trial.reports),\(trial.suspensions),\(trial.failures)\n"
      }
    }
  }
}
