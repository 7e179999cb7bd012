/// The observations of a history, kept up to date at the cost of what changed: a proposer keeps one and updates it at every question.
public struct Observations: Sendable {
  /// What an update found.
  public struct Update: Sendable {
    /// Everything was read anew: another history, or another space. What was built on the observations before is void.
    public let isRebuilt: Bool
    /// Indices into `all` of observations that are new or not as they were, ascending.
    public let changed: [Int]
  }

  /// Those of other experiments first, then one for each trial, by number.
  public private(set) var all: [Observation] = []
  /// What they are of. No trials: holding on to them would make the history copy itself when it grows.
  private var source: Source?
  /// Indices of those that may still change.
  private var open: [Int] = []

  /// None yet.
  public init() {}

  /// Brings the observations to a history.
  ///
  /// Trials that have ended are not looked at again, as a history only grows; one that is not the continuation of the history before is
  /// noticed by its space, its objectives and its first and last trial.
  /// - Complexity: O(trials that are new or have not ended).
  @discardableResult
  public mutating func update(from history: History) -> Update {
    let isRebuilt = !continues(history)
    if isRebuilt {
      all = history.prior.map { Observation($0, isPrior: true, in: history) }
      open = []
    }
    var changed = isRebuilt ? Array(all.indices) : []
    let offset = history.prior.count
    open.removeAll { index in
      let observation = Observation(history.trials[index - offset], isPrior: false, in: history)
      if observation != all[index] {
        all[index] = observation
        changed.append(index)
      }
      return history.trials[index - offset].state.isFinal
    }
    for index in all.count..<(offset + history.trials.count) {
      let trial = history.trials[index - offset]
      all.append(Observation(trial, isPrior: false, in: history))
      changed.append(index)
      if !trial.state.isFinal { open.append(index) }
    }
    source = Source(
      space: history.space, objectives: history.objectives, outcomeConstraints: history.outcomeConstraints, prior: history.prior,
      count: history.trials.count, ends: [history.trials.first, history.trials.last].map { $0?.configuration })
    return Update(isRebuilt: isRebuilt, changed: changed)
  }

  private struct Source: Sendable {
    let space: SearchSpace
    let objectives: [Objective]
    let outcomeConstraints: [OutcomeConstraint]
    let prior: [Trial]
    let count: Int
    /// Configurations of the first and of the last trial.
    let ends: [Configuration?]
  }

  private func continues(_ history: History) -> Bool {
    guard let source, history.trials.count >= source.count, history.space == source.space, history.objectives == source.objectives,
      history.outcomeConstraints == source.outcomeConstraints, history.prior == source.prior
    else { return false }
    guard source.count > 0 else { return true }
    return source.ends == [0, source.count - 1].map { history.trials[$0].configuration }
  }
}
