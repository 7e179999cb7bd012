import AttuneValues

/// What a trial took over from another one while it lived: a copy of its checkpoint, and values to go on with.
public struct Adoption: Hashable, Sendable, Codable {
  /// How the trial came to it.
  public enum Way: String, Hashable, Sendable, Codable, CaseIterable {
    /// Its program loaded the copy and took over the values, at one step and in one process.
    case live
    /// Another attempt began with them.
    case restart
  }

  /// From 1 within the experiment.
  public let number: Int
  /// Whose checkpoint it is.
  public let donor: TrialID
  /// The steps that the checkpoint had done: the trial goes on from there.
  public internal(set) var step: Int
  /// The step that it had reached itself, and gave up; 0 for none.
  public let left: Int
  /// The trial's parameters from then on.
  public let configuration: Configuration
  /// Other live values, which people had changed in the donor, by tag.
  public let others: [String: Value]
  /// How it came to it.
  public let way: Way

  /// What was taken over.
  public init(
    number: Int, donor: TrialID, step: Int, left: Int, configuration: Configuration, others: [String: Value] = [:], way: Way
  ) {
    self.number = number
    self.donor = donor
    self.step = step
    self.left = left
    self.configuration = configuration
    self.others = others
    self.way = way
  }
}

/// A part of the life that led to where a trial is: of an ancestor, or its own.
public struct Stretch: Hashable, Sendable {
  /// Who lived it.
  public let trial: TrialID
  /// The completed steps at which it begins; 0 for the beginning of all.
  public let start: Int
  /// The parameters that it began with.
  public let configuration: Configuration
  /// Other live values that it began with.
  public let others: [String: Value]
  /// Its reports, steps ascending.
  public let reports: [Report]
  /// Changes that took effect, in order.
  public let changes: [Change]

  /// The same up to a step.
  public func cut(at step: Int) -> Stretch {
    Stretch(
      trial: trial, start: start, configuration: configuration, others: others, reports: reports.filter { $0.step <= step },
      changes: changes.filter { $0.step <= step })
  }

  /// The parameters as they were at its end.
  public var lastConfiguration: Configuration {
    var configuration = configuration
    for (name, value) in changes.lazy.flatMap(\.values) where configuration[name] != nil { configuration[name] = value }
    return configuration
  }

  /// Other live values as they were at its end.
  public var lastOthers: [String: Value] {
    changes.reduce(into: others) { others, change in
      // What a program changes by itself it goes on changing.
      guard change.number > 0 else { return }
      for (name, value) in change.values where configuration[name] == nil { others[name] = value }
    }
  }
}
