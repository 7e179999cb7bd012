/// What proposers and schedulers see: the experiment's trials so far.
public struct History: Hashable, Sendable {
  /// Where the experiment searches now.
  public private(set) var space: SearchSpace
  /// What it is after, the first being what a single best trial is judged by; at least one.
  public let objectives: [Objective]
  /// Bounds on metrics that a good trial keeps.
  public let outcomeConstraints: [OutcomeConstraint]
  /// With how many seeds every configuration runs; `nil` for one, a trial's own.
  public let seeds: Seeds?
  /// What other experiments found, as trials of this space: proposers learn from them, and they are never run, counted or numbered here.
  public let prior: [Trial]
  /// By number, ascending and without gaps: trial n stands at n − 1.
  public internal(set) var trials: [Trial]

  /// What it is after, in the first place.
  public var objective: Objective { objectives[0] }

  /// A history.
  /// - Precondition: at least one objective.
  public init(
    space: SearchSpace, objectives: [Objective], outcomeConstraints: [OutcomeConstraint] = [], seeds: Seeds? = nil, prior: [Trial] = [],
    trials: [Trial] = []
  ) {
    precondition(!objectives.isEmpty, "an experiment has at least one objective")
    self.space = space
    self.objectives = objectives
    self.outcomeConstraints = outcomeConstraints
    self.seeds = seeds
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
    // Yielded and not copied: a trial has a dozen members that would have to be retained.
    _read { yield trials[id.rawValue - 1] }
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

  /// As it was before that trial was proposed.
  public func before(_ id: TrialID) -> History {
    var history = self
    history.removeAll(from: id)
    return history
  }

  /// Takes back that trial and those behind it, none of which has been started.
  public mutating func removeAll(from id: TrialID) { trials.removeSubrange((id.rawValue - 1)...) }

  /// Searches another space from now on; the trials stay.
  /// - Throws: `SpaceEditError`; then nothing has changed.
  public mutating func take(_ edit: SpaceEdit) throws(SpaceEditError) { space = try edit.applied(to: space) }

  /// The trial at the beginning of a twin's line; the trial itself when it is no twin.
  public func root(of id: TrialID) -> TrialID {
    var root = id
    while let origin = trial(root)?.origin { root = origin.trial }
    return root
  }
}
