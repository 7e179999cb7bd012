import AttuneCore

/// As it stands, so that a program can save it and go on later.
extension Study: Codable {
  private enum CodingKeys: CodingKey { case space, objectives, outcomeConstraints, proposer, seed, trials, prior }

  /// What a trial of a study consists of.
  private struct Record: Codable {
    let configuration: Configuration
    let proposer: String
    let state: Trial.State
    let reports: [Report]
    let reason: String?
    let parent: TrialID?
    let note: String?

    init(_ trial: Trial) {
      configuration = trial.configuration
      proposer = trial.proposer
      state = trial.state
      reports = trial.reports
      reason = trial.reason
      parent = trial.parent
      note = trial.note
    }

    /// - Parameter space: tells a float without a fraction from an int, which JSON does not.
    func trial(_ number: Int, of space: SearchSpace) -> Trial {
      let configuration = (try? space.validate(configuration)) ?? configuration
      var trial = Trial(id: TrialID(number), configuration: configuration, proposer: proposer, parent: parent, note: note)
      trial.state = state
      trial.reports = reports
      trial.reason = reason
      return trial
    }
  }

  /// Reads what `encode` wrote.
  /// - Throws: also `AlgorithmError` and `SpaceError`, where this version does not know the proposer or refuses the space.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let space = try container.decode(SearchSpace.self, forKey: .space)
    func trials(_ key: CodingKeys) throws -> [Trial] {
      try container.decode([Record].self, forKey: key).enumerated().map { $0.element.trial($0.offset + 1, of: space) }
    }
    let history = History(
      space: space,
      objectives: try container.decode([Objective].self, forKey: .objectives),
      outcomeConstraints: try container.decode([OutcomeConstraint].self, forKey: .outcomeConstraints), prior: try trials(.prior),
      trials: try trials(.trials))
    try self.init(
      history, proposer: try container.decode(AlgorithmChoice.self, forKey: .proposer),
      seed: try container.decode(UInt64.self, forKey: .seed))
  }

  /// Writes everything but what the proposer keeps, which is only a cache. An encoder for JSON has to be told how to write nan.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(history.space, forKey: .space)
    try container.encode(history.objectives, forKey: .objectives)
    try container.encode(history.outcomeConstraints, forKey: .outcomeConstraints)
    try container.encode(proposer, forKey: .proposer)
    try container.encode(seed, forKey: .seed)
    try container.encode(history.prior.map(Record.init), forKey: .prior)
    try container.encode(history.trials.map(Record.init), forKey: .trials)
  }
}
