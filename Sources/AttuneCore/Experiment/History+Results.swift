/// What the trials have come to.
extension History {
  /// What counts as better.
  public var criteria: Criteria { Criteria(objectives: objectives, outcomeConstraints: outcomeConstraints, seeds: seeds) }

  /// One finite number for each objective, see `Criteria.values(of:)`; `nil` while a trial has none, or when it failed.
  public func values(of trial: Trial) -> [Double]? { criteria.result(of: trial).values }

  /// The value of a trial for the first objective; `nil` while it has none, or when it failed.
  public func value(of trial: Trial) -> Double? { values(of: trial)?.first }

  /// The value of a trial for one of the objectives; `nil` while it has none, or when it failed.
  public func value(of trial: Trial, for objective: Objective) -> Double? {
    values(of: trial).flatMap { values in objectives.firstIndex(of: objective).map { values[$0] } }
  }

  /// What a configuration came to: with several seeds, what its replicas came to together, and nothing before all of them have ended.
  /// - Parameter id: the trial that was proposed.
  public func result(of id: TrialID) -> TrialResult {
    let replicas = replicas(of: id)
    let results = replicas.map { criteria.result(of: $0) }
    guard seeds != nil, !replicas.allSatisfy(\.state.isFinal) else { return criteria.summary(of: results) }
    return TrialResult(trial: id, values: nil, bounded: outcomeConstraints.map { _ in nil })
  }

  /// One for each configuration, by number; twins have none.
  public var results: [TrialResult] { trials.filter { $0.origin == nil && $0.replica == nil }.map { result(of: $0.id) } }

  /// The best trial so far with its value for the first objective; see `Criteria.best(of:)`. Running ones count, unless every configuration
  /// runs with several seeds; twins do not.
  public var best: (trial: Trial, value: Double)? {
    criteria.best(of: results).flatMap { best in best.values.map { (self[best.trial], $0[0]) } }
  }

  /// The best configurations so far, see `Criteria.front(of:)`.
  public var front: [TrialResult] { criteria.front(of: results) }

  /// The trials that a configuration is tuned with: the one that was proposed, and its replicas by their seeds.
  /// - Parameter id: the trial that was proposed.
  public func replicas(of id: TrialID) -> [Trial] {
    // They are made with the trial, so they stand behind it.
    [self[id]] + trials[id.rawValue...].prefix { $0.replica?.trial == id && $0.replica?.phase == .tune }
  }
}
