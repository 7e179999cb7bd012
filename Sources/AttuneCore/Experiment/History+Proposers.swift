/// What proposers see.
extension History {
  /// The trials that were proposed, numbered without gaps.
  ///
  /// Twins repeat a configuration for a comparison and say nothing new about the space, so they are left out. Replicas are taken together
  /// with the trial they repeat: it has one report with what they came to, and has ended when all of them have.
  public var forProposers: History {
    guard seeds != nil || trials.contains(where: { $0.origin != nil }) else { return self }
    var history = History(space: space, objectives: objectives, outcomeConstraints: outcomeConstraints, prior: prior)
    var numbers: [TrialID: TrialID] = [:]
    for trial in trials where trial.isProposal {
      let number = TrialID(history.trials.count + 1)
      numbers[trial.id] = number
      history.append(together(trial, as: number, parent: trial.parent.flatMap { numbers[$0] }))
    }
    return history
  }

  /// The number here of the trial that `forProposers` calls `id`.
  public func number(ofProposal id: TrialID) -> TrialID {
    var left = id.rawValue
    for trial in trials where trial.isProposal {
      left -= 1
      if left == 0 { return trial.id }
    }
    return id
  }

  private func together(_ trial: Trial, as number: TrialID, parent: TrialID?) -> Trial {
    var whole = trial.numbered(number, parent: parent)
    guard seeds != nil else { return whole }
    let replicas = replicas(of: trial.id)
    whole.state = .together(replicas.map(\.state))
    whole.changes = replicas.flatMap(\.changes)
    whole.reports = []
    guard whole.state.isFinal else { return whole }
    let result = criteria.summary(of: replicas.map { criteria.result(of: $0) })
    guard let values = result.values else {
      whole.state = .failed
      whole.reason = replicas.lazy.compactMap(\.reason).first
      return whole
    }
    var metrics: [String: Double] = [:]
    for (constraint, value) in zip(outcomeConstraints, result.bounded) { metrics[constraint.metric] = value }
    for (objective, value) in zip(objectives, values) { metrics[objective.metric] = value }
    let last = replicas.compactMap(\.reports.last)
    whole.reports = [
      Report(step: last.map(\.step).max() ?? 1, metrics: metrics, elapsed: last.map(\.elapsed).reduce(0, +) / Double(max(1, last.count)))
    ]
    return whole
  }
}

extension Trial {
  /// Whether it is a configuration of its own: neither a twin nor a replica.
  public var isProposal: Bool { origin == nil && replica == nil }
}

extension Trial.State {
  /// Where trials stand that count as one.
  /// - Parameter states: at least one.
  public static func together(_ states: [Trial.State]) -> Trial.State {
    let order: [Trial.State] = [.running, .suspended, .waiting, .completed, .stopped, .failed]
    return order.first { states.contains($0) } ?? .waiting
  }
}
