/// What a search has besides its space and its proposer.
public struct SearchTerms: Hashable, Sendable, Codable {
  /// Points that are tried before the proposer is asked; what a point does not name is drawn.
  public var startWith: [Configuration]
  /// What other experiments found, as it was when this one was made.
  public var prior: [PriorTrial]
  /// Whether a configuration is tried again.
  public var duplicates: Duplicates

  /// Terms; without any, a search starts from nothing and tries no configuration twice.
  public init(startWith: [Configuration] = [], prior: [PriorTrial] = [], duplicates: Duplicates = .avoid) {
    self.startWith = startWith
    self.prior = prior
    self.duplicates = duplicates
  }
}

/// Whether a configuration is tried again.
public enum Duplicates: String, Sendable, Codable, CaseIterable {
  /// Another one is tried in its place; when every configuration was tried, the search is over.
  case avoid
  /// As often as the proposer likes: where results are noisy, a second one says more.
  case allow
}

/// A trial of another experiment, with what an objective may be read from.
public struct PriorTrial: Hashable, Sendable, Codable {
  /// The other experiment's name.
  public let experiment: String
  /// Its number there.
  public let number: Int
  /// As a configuration of this experiment's space.
  public let configuration: Configuration
  /// Whether it failed.
  public let isFailed: Bool
  /// Steps ascending: the reports with the best values, and the last.
  public let reports: [Report]

  /// A trial of another experiment.
  public init(experiment: String, number: Int, configuration: Configuration, isFailed: Bool, reports: [Report]) {
    self.experiment = experiment
    self.number = number
    self.configuration = configuration
    self.isFailed = isFailed
    self.reports = reports
  }

  /// As `History.prior` has it.
  public var trial: Trial {
    var trial = Trial(id: TrialID(number), configuration: configuration, proposer: experiment)
    trial.state = isFailed ? .failed : .completed
    trial.reports = reports
    return trial
  }
}

extension ExperimentDefinition {
  /// Points that are tried before the proposer is asked.
  public var startWith: [Configuration] {
    get { terms?.startWith ?? [] }
    set { edit { $0.startWith = newValue } }
  }

  /// What other experiments found.
  public var prior: [PriorTrial] {
    get { terms?.prior ?? [] }
    set { edit { $0.prior = newValue } }
  }

  /// Whether a configuration is tried again.
  public var duplicates: Duplicates {
    get { terms?.duplicates ?? .avoid }
    set { edit { $0.duplicates = newValue } }
  }

  private mutating func edit(_ change: (inout SearchTerms) -> Void) {
    var edited = terms ?? SearchTerms()
    change(&edited)
    terms = edited == SearchTerms() ? nil : edited
  }
}
