import AttuneCore

/// Configurations that run with several seeds: with the same ones for tuning, the best with others in the end.
///
/// A replica is a trial with processes, checkpoints and a curve of its own; see Docs/Decisions/0011-seeds.md.
extension ExperimentMachine {
  /// The other tuning seeds of a configuration that was just proposed. Where it begins with the checkpoint of another one, each begins with
  /// that of the same seed.
  mutating func addReplicas(of id: TrialID) -> [Action] {
    guard let seeds = definition.seeds, seeds.tune > 1 else { return [] }
    let parents = history[id].parent.flatMap { history.trial($0) }.map { history.replicas(of: $0.replica?.trial ?? $0.id) } ?? []
    return (2...seeds.tune).flatMap { seed in
      addReplica(.init(of: id, .tune, seed: seed), parent: parents.indices.contains(seed - 1) ? parents[seed - 1].id : nil)
    }
  }

  /// When the search is over: the best configurations are run with the seeds that nothing was chosen by.
  /// - Parameter end: how the experiment ends afterwards.
  /// - Returns: what is to be done; `nil` when there is nothing to test, and when that has been done already.
  mutating func beginTests(then end: Outcome) -> [Action]? {
    guard let seeds = definition.seeds, seeds.test > 0, testing == nil else { return nil }
    let best = history.front
    guard !best.isEmpty else { return nil }
    testing = end
    closing = nil
    awaited = nil
    endWhatWaits()
    return best.flatMap { result in
      (1...seeds.test).flatMap { addReplica(.init(of: result.trial, .test, seed: $0), parent: history[result.trial].parent) }
    }
  }

  /// Whether a trial takes part in the search: schedulers, targets and signs of a broken script pass over the others.
  func isSearched(_ trial: Trial) -> Bool { trial.origin == nil && trial.replica?.phase != .test }

  /// With several seeds a target is reached by all of them together, when the last has ended.
  mutating func judgeSeeds(after id: TrialID) -> [Action] {
    let trial = history[id]
    guard criteria.seeds != nil, criteria.hasTarget || !definition.stopWhen.isEmpty, closing == nil, testing == nil, trial.state.isFinal,
      isSearched(trial)
    else { return [] }
    let proposed = trial.replica?.trial ?? id
    return criteria.reachesTarget(history.result(of: proposed)) || meetsStopCriteria(seedsOf: proposed)
      ? close(.targetReached(proposed)) : []
  }

  private mutating func addReplica(_ replica: Trial.Replica, parent: TrialID?) -> [Action] {
    let proposed = history[replica.trial]
    var trial = Trial(
      id: TrialID(history.trials.count + 1), configuration: proposed.configuration, proposer: proposed.proposer, parent: parent)
    trial.replica = replica
    replicaCount += 1
    return enqueue(trial)
  }
}
