import AttuneValues

/// What an experiment takes over from another one, and what it leaves out.
public struct WarmStart: Hashable, Sendable {
  /// Why a trial is no evidence here.
  public enum Reason: Hashable, Sendable {
    case unfinished
    case withoutReport
    /// It never reported an objective of this experiment.
    case withoutMetric(String)
    case changedLive
    /// The parameter has a value that is not allowed here.
    case outside(parameter: String)
    /// The parameter is needed here, and has no default.
    case lacking(parameter: String)
  }

  /// As trials of this experiment's space.
  public let trials: [PriorTrial]
  /// How many were left out for each reason.
  public let leftOut: [Reason: Int]

  /// Reads the other experiment's trials.
  /// - Parameters:
  ///   - other: its history, twins and replicas included.
  ///   - experiment: its name.
  /// - Throws: `WarmStartError` when there is nothing to learn from.
  public init(from other: History, of experiment: String, for definition: ExperimentDefinition) throws(WarmStartError) {
    let metrics = definition.objectives.map(\.metric)
    let seen = Set(other.trials.flatMap(\.reports).flatMap(\.metrics.keys))
    let known = seen.union(other.objectives.map(\.metric))
    if let missing = metrics.first(where: { !known.contains($0) }) {
      throw .otherMetric(experiment: experiment, wanted: missing, found: known.sorted())
    }
    var taken: [PriorTrial] = []
    var leftOut: [Reason: Int] = [:]
    let proposals = other.forProposers
    for trial in proposals.trials {
      switch Self.read(trial, definition) {
      case .success(let configuration):
        taken.append(
          PriorTrial(
            experiment: experiment, number: other.number(ofProposal: trial.id).rawValue, configuration: configuration,
            isFailed: trial.state == .failed, reports: Self.telling(trial.reports, definition.objectives)))
      case .failure(let refusal): leftOut[refusal.reason, default: 0] += 1
      }
    }
    trials = taken
    self.leftOut = leftOut
    if taken.isEmpty { throw .nothingFits(experiment: experiment, why: leftOutText) }
  }

  /// `3 outside of 'lr', 1 not finished`; empty when nothing was left out.
  public var leftOutText: String {
    leftOut.map { "\($1) \($0)" }.sorted().joined(separator: ", ")
  }

  private struct Refusal: Error { let reason: Reason }

  private static func read(_ trial: Trial, _ definition: ExperimentDefinition) -> Result<Configuration, Refusal> {
    guard trial.state.isFinal else { return .failure(Refusal(reason: .unfinished)) }
    if trial.state == .stopped, trial.reports.isEmpty { return .failure(Refusal(reason: .withoutReport)) }
    if trial.state != .failed,
      let metric = definition.objectives.map(\.metric).first(where: { name in !trial.reports.contains { $0.metrics[name] != nil } })
    {
      return .failure(Refusal(reason: .withoutMetric(metric)))
    }
    if trial.changes.contains(where: { !$0.values.isEmpty }) { return .failure(Refusal(reason: .changedLive)) }
    let space = definition.space
    var missing: String?, outside: String?
    let configuration = space.configuration { index in
      let parameter = space.parameters[index]
      guard let value = trial.configuration[parameter.name] ?? parameter.standard else {
        missing = missing ?? parameter.name
        return parameter.domain.value(atUnit: 0.5)
      }
      if !parameter.frame.contains(value) { outside = outside ?? parameter.name }
      return parameter.frame.normalized(value) ?? value
    }
    if let outside { return .failure(Refusal(reason: .outside(parameter: outside))) }
    if let missing { return .failure(Refusal(reason: .lacking(parameter: missing))) }
    return .success(configuration)
  }

  /// Those that an objective or a bound may be read from: the best for each objective, the last that has each metric,
  /// and the last that has the metrics of all objectives.
  private static func telling(_ reports: [Report], _ objectives: [Objective]) -> [Report] {
    var indices: Set<Int> = []
    for metric in Set(reports.flatMap(\.metrics.keys)) {
      if let last = reports.lastIndex(where: { $0.metrics[metric] != nil }) { indices.insert(last) }
    }
    if let whole = reports.lastIndex(where: { report in objectives.allSatisfy { report.metrics[$0.metric] != nil } }) {
      indices.insert(whole)
    }
    for objective in objectives {
      let finite = reports.indices.filter { reports[$0].metrics[objective.metric]?.isFinite == true }
      let best = finite.dropFirst().reduce(finite.first) { best, index in
        guard let best, let left = reports[index].metrics[objective.metric], let right = reports[best].metrics[objective.metric] else {
          return best
        }
        return objective.isBetter(left, than: right) ? index : best
      }
      if let best { indices.insert(best) }
    }
    return indices.sorted().map { reports[$0] }
  }
}

extension WarmStart.Reason: CustomStringConvertible {
  /// For a person, behind a number of trials.
  public var description: String {
    switch self {
    case .unfinished: "not finished"
    case .withoutReport: "stopped before a report"
    case .withoutMetric(let metric): "that never reported '\(metric)'"
    case .changedLive: "changed live"
    case .outside(let parameter): "with a value of '\(parameter)' that is not allowed here"
    case .lacking(let parameter): "without '\(parameter)', which has no default"
    }
  }
}

/// Why there is nothing to learn from another experiment.
public enum WarmStartError: Error, Hashable, Sendable, CustomStringConvertible {
  case otherMetric(experiment: String, wanted: String, found: [String])
  case nothingFits(experiment: String, why: String)

  /// One line: the thing, what arrived, what is allowed.
  public var description: String {
    switch self {
    case .otherMetric(let experiment, let wanted, let found):
      "experiment '\(experiment)' has not measured '\(wanted)', the objective here; it has \(found.joined(separator: ", "))"
    case .nothingFits(let experiment, let why):
      "no trial of experiment '\(experiment)' says anything about this space" + (why.isEmpty ? "; it has none" : ": \(why)")
    }
  }
}
