/// What proposers and schedulers see: the experiment's trials so far.
public struct History: Hashable, Sendable {
  /// Where the experiment searches.
  public let space: SearchSpace
  /// What it is after.
  public let objective: Objective
  /// By number, ascending and without gaps: trial n stands at n − 1.
  public internal(set) var trials: [Trial]

  /// A history.
  public init(space: SearchSpace, objective: Objective, trials: [Trial] = []) {
    self.space = space
    self.objective = objective
    self.trials = trials
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

  /// What proposers see: the trials that were proposed, numbered without gaps. Twins repeat a configuration for a comparison, and say
  /// nothing new about the space.
  public var withoutTwins: History {
    guard trials.contains(where: { $0.origin != nil }) else { return self }
    var history = History(space: space, objective: objective)
    for trial in trials where trial.origin == nil { history.append(trial.numbered(TrialID(history.trials.count + 1))) }
    return history
  }

  /// The trial at the beginning of a twin's line; the trial itself when it is no twin.
  public func root(of id: TrialID) -> TrialID {
    var root = id
    while let origin = trial(root)?.origin { root = origin.trial }
    return root
  }

  /// The value of a trial; `nil` while it has none, or when it failed.
  public func value(of trial: Trial) -> Double? {
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
