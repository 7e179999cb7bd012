import AttuneCore

extension ExperimentMachine {
  /// What the scheduler of a trial's seed thinks of it; `nil` where it does not say.
  public func outlook(of id: TrialID) -> TrialOutlook? {
    guard let trial = history.trial(id), isSearched(trial) else { return nil }
    let scheduler = schedulers[min(schedulers.count, trial.replica?.seed ?? 1) - 1]
    return (scheduler as? any SchedulerInsight)?.outlook(of: id)
  }
}
