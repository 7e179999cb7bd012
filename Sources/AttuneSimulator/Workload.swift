import AttuneCore
import AttuneTraces
import AttuneValues

/// A trace made ready to be played: what every configuration would report, and when.
public struct Workload: Sendable {
  /// What is compared.
  public let objective: Objective
  /// What the trace calls its configurations.
  public let names: [String]
  /// The steps of the longest curve: what a trial does when nobody stops it.
  public let steps: Int
  /// The worst first value of any configuration: what an experiment has before its first report.
  public let floor: Double
  let curves: [PlayedCurve]

  /// Makes a trace ready.
  /// - Parameters:
  ///   - objective: its target is what is to be reached.
  ///   - steps: reports behind this step are left out; `nil` for none.
  /// - Throws: `SimulationError` when the trace has no such metric, or nothing of it.
  public init(_ trace: Trace, objective: Objective, steps: Int? = nil) throws(SimulationError) {
    guard trace.metrics.contains(objective.metric) else { throw .unknownMetric(name: objective.metric, known: trace.metrics) }
    if let target = objective.target, !target.isFinite {
      throw .refused(what: "target", value: "\(target)", allowed: "a finite number")
    }
    let trials = trace.trials.filter { ($0.steps.first ?? .max) <= steps ?? (.max - 1) }
    guard !trials.isEmpty else { throw .noTrials(steps: steps) }
    self.objective = objective
    names = trials.map(\.name)
    curves = trials.map { PlayedCurve($0, metrics: trace.metrics, objective: objective, steps: steps ?? .max) }
    self.steps = curves.map { $0.steps.last ?? 1 }.max() ?? 1
    let firsts = curves.compactMap { $0.values.first { $0.isFinite } }
    guard let worst = firsts.max(by: { objective.isBetter($0, than: $1) }) else { throw .noValues(metric: objective.metric) }
    floor = worst
  }

  /// How many configurations there are.
  public var count: Int { curves.count }
}

/// What one configuration reports.
struct PlayedCurve: Sendable {
  let steps: [Int]
  /// Seconds of training before each report.
  let seconds: [Double]
  /// What the report says, made once and shared by all who report it.
  let metrics: [[String: Double]]
  /// The objective's metric; nan where it is not a number.
  let values: [Double]

  init(_ trial: TracedTrial, metrics names: [String], objective: Objective, steps limit: Int) {
    let count = trial.steps.firstIndex { $0 > limit } ?? trial.steps.count
    steps = Array(trial.steps[..<count])
    seconds = Array(trial.seconds[..<count])
    let columns = names.compactMap { name in trial.metrics[name].map { (name, $0) } }
    // An empty cell is a metric that was not reported, but of the objective it is a value that came to nothing.
    metrics = (0..<count).map { index in
      let known = columns.filter { $0.0 == objective.metric || !$0.1[index].isNaN }
      return Dictionary(known.map { ($0.0, $0.1[index]) }, uniquingKeysWith: { first, _ in first })
    }
    let values = trial.metrics[objective.metric] ?? []
    self.values = Array(values.prefix(count))
  }

  /// Seconds from the report before it, or from the start, to the report at that index.
  func duration(_ index: Int) -> Double { index == 0 ? seconds[0] : seconds[index] - seconds[index - 1] }
}
