/// What proposers and schedulers see: the experiment's trials so far.
public struct History: Hashable, Sendable {
  /// Where the experiment searches now.
  public private(set) var space: SearchSpace
  /// What it is after, the first being what a single best trial is judged by; at least one.
  public let objectives: [Objective]
  /// Bounds on metrics that a good trial keeps.
  public let outcomeConstraints: [OutcomeConstraint]
  /// What other experiments found, as trials of this space: proposers learn from them, and they are never run, counted or numbered here.
  public let prior: [Trial]
  /// By number, ascending and without gaps: trial n stands at n − 1.
  public internal(set) var trials: [Trial]

  /// What it is after, in the first place.
  public var objective: Objective { objectives[0] }

  /// A history.
  /// - Precondition: at least one objective.
  public init(
    space: SearchSpace, objectives: [Objective], outcomeConstraints: [OutcomeConstraint] = [], prior: [Trial] = [], trials: [Trial] = []
  ) {
    precondition(!objectives.isEmpty, "an experiment has at least one objective")
    self.space = space
    self.objectives = objectives
    self.outcomeConstraints = outcomeConstraints
    self.prior = prior
    self.trials = trials
  }

  /// A history with one objective and nothing else.
  public init(space: SearchSpace, objective: Objective, trials: [Trial] = []) {
    self.init(space: space, objectives: [objective], trials: trials)
  }

  /// The trial of that number; writing to it is the machine's business.
  /// - Precondition: it exists.
  public subscript(id: TrialID) -> Trial {
    get { trials[id.rawValue - 1] }
    _modify { yield &trials[id.rawValue - 1] }
  }

  /// The trial of that number, if it exists.
  public func trial(_ id: TrialID) -> Trial? {
    trials.indices.contains(id.rawValue - 1) ? trials[id.rawValue - 1] : nil
  }

  /// Adds the next trial.
  public mutating func append(_ trial: Trial) {
    precondition(trial.id.rawValue == trials.count + 1, "trials are numbered without gaps; got \(trial.id) after \(trials.count)")
    trials.append(trial)
  }

  /// As it was before the last trial was proposed.
  public var withoutLast: History {
    var history = self
    history.trials = history.trials.dropLast()
    return history
  }

  /// Takes back the last trial, which has not been started.
  public mutating func removeLast() { trials.removeLast() }

  /// Searches another space from now on; the trials stay.
  /// - Throws: `SpaceEditError`; then nothing has changed.
  public mutating func take(_ edit: SpaceEdit) throws(SpaceEditError) { space = try edit.applied(to: space) }

  /// What proposers see: the trials that were proposed, numbered without gaps. Twins repeat a configuration for a comparison, and say
  /// nothing new about the space.
  public var withoutTwins: History {
    guard trials.contains(where: { $0.origin != nil }) else { return self }
    var history = self
    var numbers: [TrialID: TrialID] = [:]
    history.trials = []
    for trial in trials where trial.origin == nil {
      let number = TrialID(history.trials.count + 1)
      numbers[trial.id] = number
      history.append(trial.numbered(number, parent: trial.parent.flatMap { numbers[$0] }))
    }
    return history
  }

  /// The number here of the trial that `withoutTwins` calls `id`.
  public func numberAmongTwins(of id: TrialID) -> TrialID {
    var left = id.rawValue
    for trial in trials where trial.origin == nil {
      left -= 1
      if left == 0 { return trial.id }
    }
    return id
  }

  /// The trial at the beginning of a twin's line; the trial itself when it is no twin.
  public func root(of id: TrialID) -> TrialID {
    var root = id
    while let origin = trial(root)?.origin { root = origin.trial }
    return root
  }

  /// The value of a trial; `nil` while it has none, or when it failed.
  public func value(of trial: Trial) -> Double? {
    value(of: trial, for: objective)
  }

  /// The value of a trial for one of the objectives; `nil` while it has none, or when it failed.
  public func value(of trial: Trial, for objective: Objective) -> Double? {
    trial.state == .failed ? nil : objective.value(of: trial.reports)
  }

  /// The best trial so far with its value; running ones count, twins do not.
  public var best: (trial: Trial, value: Double)? {
    var best: (trial: Trial, value: Double)?
    for trial in trials where trial.origin == nil {
      guard let value = value(of: trial) else { continue }
      if best.map({ objective.isBetter(value, than: $0.value) }) ?? true { best = (trial, value) }
    }
    return best
  }
}
