/// What came of a trial, or of a configuration that ran with several seeds: what its rank among the others is made from.
public struct TrialResult: Hashable, Sendable {
  /// The trial; of a configuration with several seeds the one that was proposed.
  public let trial: TrialID
  /// One finite number for each objective, in the metric's own unit; `nil` where there is none: not yet, or it failed.
  public let values: [Double]?
  /// The metric of each outcome constraint; `nil` where none was reported that is a number.
  public let bounded: [Double?]

  /// A result.
  public init(trial: TrialID, values: [Double]?, bounded: [Double?] = []) {
    self.trial = trial
    self.values = values
    self.bounded = bounded
  }
}
