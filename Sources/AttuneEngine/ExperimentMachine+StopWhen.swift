import AttuneCore

/// The experiment file's `stop_when`: bounds on several metrics that end the experiment when one trial keeps all of them at once.
extension ExperimentMachine {
  /// Whether a trial's newest report says that the experiment can end.
  func meetsStopCriteria(_ trial: Trial) -> Bool {
    let bounds = definition.stopWhen
    guard !bounds.isEmpty, let report = trial.reports.last else { return false }
    return bounds.allSatisfy { $0.isKept(in: report) }
  }

  /// The same of a configuration with several seeds: what their newest reports come to together has to keep the bounds.
  /// - Parameter id: the trial that was proposed.
  func meetsStopCriteria(seedsOf id: TrialID) -> Bool {
    let bounds = definition.stopWhen
    let replicas = history.replicas(of: id)
    guard let seeds = criteria.seeds, !bounds.isEmpty, replicas.allSatisfy(\.state.isFinal) else { return false }
    return bounds.allSatisfy { bound in
      let values = replicas.map { $0.reports.last?.metrics[bound.metric].flatMap { $0.isNaN ? nil : $0 } }
      return bound.violation(of: seeds.value(of: values, isLowerBetter: bound.side == .atMost)) == 0
    }
  }
}
