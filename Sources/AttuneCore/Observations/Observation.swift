/// A trial as a model sees it.
public struct Observation: Hashable, Sendable {
  /// What came of it.
  public enum Outcome: Hashable, Sendable {
    /// It has not ended; what it reported so far is not looked at.
    case pending
    /// It ended without a finite value for every objective.
    case failed
    /// One finite number for each objective, the smaller the better whatever the goal.
    case values([Double])
  }

  /// Its number; `nil` for a trial of another experiment.
  public let trial: TrialID?
  /// One coordinate for each parameter, in 0...1; 0.5 where the parameter is absent.
  public let point: [Double]
  /// For each parameter, whether the configuration has it.
  public let isActive: [Bool]
  /// What came of it.
  public let outcome: Outcome
  /// For each outcome constraint how far it was broken, 0 when kept; empty while pending.
  public let violations: [Double]
  /// Whether a live change took effect in it: its value is then not that of its configuration alone.
  public let isTouched: Bool
  /// Whether its configuration has no place in the space's frame, see `Parameter.frame`; `point` then has 0.5 for what has none. A trial
  /// outside of what may be proposed now, in a space that was narrowed, is not outside.
  public let isOutside: Bool

  /// Whether it ended with values and kept every outcome constraint.
  public var isFeasible: Bool {
    guard case .values = outcome else { return false }
    return violations.allSatisfy { $0 == 0 }
  }

  /// The first objective, to be minimised; `nil` while pending, or when failed.
  public var value: Double? {
    guard case .values(let values) = outcome else { return nil }
    return values.first
  }

  /// Whether a model of configurations may learn from it: it ended, has a point, and ran without anybody's hand on it.
  public var isEvidence: Bool { outcome != .pending && !isTouched && !isOutside }
}

extension Observation {
  init(_ trial: Trial, isPrior: Bool, in history: History) {
    self.trial = isPrior ? nil : trial.id
    let parameters = history.space.parameters
    let configuration = history.space.completed(trial.configuration)
    isActive = parameters.map { configuration[$0.name] != nil }
    let units = parameters.map { parameter in configuration[parameter.name].map { parameter.unit(of: $0) } }
    point = units.map { ($0 ?? nil) ?? 0.5 }
    // A condition may hold now where it did not: then a value is missing, and the other way round.
    isOutside =
      zip(units, parameters).contains { $0 == .some(nil) || ($0 != nil) != history.space.isActive($1, in: configuration) }
      || configuration.values.count != units.count { $0 != nil }
    isTouched = trial.changes.contains { !$0.values.isEmpty }
    guard trial.state.isFinal else {
      (outcome, violations) = (.pending, [])
      return
    }
    violations = history.outcomeConstraints.map { $0.violation(in: trial.reports) }
    outcome = history.values(of: trial).map { .values(history.criteria.costs(of: $0)) } ?? .failed
  }
}
