@testable import AttuneFiles

/// Files that several tests start from.
enum Samples {
  /// The file of the guide, every line of it in use.
  static let digits = """
    name: digits
    command: [python3, train.py, "{config}"]
    objective: {metric: accuracy, goal: maximize, target: 0.97}
    parameters:
      learning_rate: {type: float, range: [1e-5, 1.0], scale: log, live: true}
      hidden:        {type: int, range: [8, 256], scale: log}
      solver:        {type: choice, values: [sgd, adam]}
      momentum:      {type: float, range: [0.0, 0.99], when: {solver: sgd}, live: true}
    constraints: ["hidden * learning_rate <= 200"]
    proposer: tpe
    scheduler: {name: pop, boundary: 4, kill_threshold: 0.15}
    resources: {local: {slots: 2}}
    suspend: checkpoint
    limits: {trials: 100, steps: 40, time: 2h, trial_time: 10m, retries: 1}
    metrics: {pattern: 'epoch (?<step>\\d+) .* acc=(?<accuracy>[\\d.]+)'}
    environment: {DATA: ./data, LEVEL: 3}
    threads: 1
    seed: 1

    """

  /// What every file needs, to add one wrong line to.
  static func file(_ lines: String, without key: String = "") -> String {
    let needed = [
      ("command", "command: [./train]"), ("objective", "objective: {metric: loss, goal: minimize}"),
      ("parameters", "parameters: {x: {type: bool}}"),
    ]
    return (needed.filter { $0.0 != key }.map(\.1) + [lines]).joined(separator: "\n") + "\n"
  }

  static func problem(_ text: String, path: String = "t.yaml") -> String {
    do {
      _ = try ExperimentFile.parse(text: text, path: path, cores: 4)
      return "no problem"
    } catch {
      return error.description
    }
  }
}
