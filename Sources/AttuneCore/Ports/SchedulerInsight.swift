/// What a scheduler thinks of a trial.
public struct TrialOutlook: Hashable, Sendable, Codable {
  /// How resources are meant for it.
  public enum Standing: String, Hashable, Sendable, Codable, CaseIterable {
    /// It keeps a slot.
    case promising
    /// It gets what promising ones leave.
    case opportunistic
    /// It has been given up.
    case poor
  }

  /// How resources are meant for it.
  public let standing: Standing
  /// The probability that it reaches the target in the time there is; `nil` while it is not known.
  public let probability: Double?
  /// The expected seconds of training until it does; `nil` while they are not known.
  public let seconds: Double?

  /// An outlook.
  public init(_ standing: Standing, probability: Double? = nil, seconds: Double? = nil) {
    self.standing = standing
    self.probability = probability
    self.seconds = seconds
  }
}

/// A scheduler that can say what it thinks of trials: for people who watch, and for simulations that count.
public protocol SchedulerInsight: Scheduler {
  /// What it thinks of a trial; `nil` for one it has not heard of, or that is over and was not given up.
  func outlook(of id: TrialID) -> TrialOutlook?
}
