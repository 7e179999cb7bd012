import AttuneCore

/// A trial that a program outside was given.
public struct Asked: Hashable, Sendable {
  /// Which one.
  public let trial: TrialID
  /// What to try.
  public let configuration: Configuration
  /// For the program's own random generators, the same whenever this trial is asked for again.
  public let seed: UInt32
  /// What its proposer said of it.
  public let note: String?
}

/// What a program outside tells of a trial that it asked for.
public enum Telling: Hashable, Sendable {
  /// Metrics after a step; the trial goes on, unless the answer says otherwise.
  case step(Int, [String: Double])
  /// The last metrics; without a step they are of the one after the last.
  case done([String: Double], step: Int?)
  /// It came to nothing, with the reason in words.
  case failed(String?)
}

/// What became of a trial by what was told.
public struct Told: Hashable, Sendable {
  /// Which one.
  public let trial: TrialID
  /// `running` when it shall go on, `waiting` when it failed and will be asked for again.
  public let state: Trial.State
  /// The trial's value for the first objective; `nil` when it has none.
  public let value: Double?
  /// Why it was stopped or has failed.
  public let reason: String?
}
