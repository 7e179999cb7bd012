/// What counts as better: objectives, bounds on outcomes, and how the values of several seeds become one.
///
/// A result keeps all bounds or it does not; what keeps them is better than what does not, whatever the objectives say. Among those that
/// do not, the least broken is best.
public struct Criteria: Hashable, Sendable {
  /// What the experiment is after, the first being what a single best trial is judged by; at least one.
  public let objectives: [Objective]
  /// Bounds on metrics that a good trial keeps.
  public let outcomeConstraints: [OutcomeConstraint]
  /// With how many seeds every configuration runs; `nil` for one, a trial's own.
  public let seeds: Seeds?

  /// - Precondition: at least one objective.
  public init(objectives: [Objective], outcomeConstraints: [OutcomeConstraint] = [], seeds: Seeds? = nil) {
    precondition(!objectives.isEmpty, "an experiment has at least one objective")
    self.objectives = objectives
    self.outcomeConstraints = outcomeConstraints
    self.seeds = seeds
  }
}

/// What a trial came to.
extension Criteria {
  /// A trial's result by itself, as its reports are now.
  public func result(of trial: Trial) -> TrialResult {
    TrialResult(
      trial: trial.id, values: trial.state == .failed ? nil : values(of: trial.reports),
      bounded: outcomeConstraints.map { $0.value(in: trial.reports) })
  }

  /// One finite number for each objective.
  ///
  /// With one objective it is the objective's own summary of the reports. With several, the values of one report belong together: those of
  /// the last report that has all the metrics.
  /// - Returns: `nil` where there is no such report, or a value in it is not finite.
  public func values(of reports: [Report]) -> [Double]? {
    if objectives.count == 1 { return objectives[0].value(of: reports).map { [$0] } }
    for report in reports.reversed() {
      let values = objectives.compactMap { report.metrics[$0.metric] }
      if values.count == objectives.count { return values.allSatisfy(\.isFinite) ? values : nil }
    }
    return nil
  }

  /// What the results of one configuration with different seeds come to, objective by objective and bound by bound.
  /// - Parameter results: at least one, the first of the trial that was proposed.
  public func summary(of results: [TrialResult]) -> TrialResult {
    precondition(!results.isEmpty, "a configuration has at least one result")
    guard let seeds, results.count > 1 else { return results[0] }
    let values = objectives.indices.compactMap { index in
      seeds.value(of: results.map { $0.values?[index] }, isLowerBetter: objectives[index].goal == .minimize)
    }
    let bounded = outcomeConstraints.indices.map { index in
      seeds.value(of: results.map { $0.bounded[index] }, isLowerBetter: outcomeConstraints[index].side == .atMost)
    }
    return TrialResult(trial: results[0].trial, values: values.count == objectives.count ? values : nil, bounded: bounded)
  }

  /// For each bound how far it is broken, in the metric's unit: 0 when it is kept, infinite when the metric is not known.
  public func violations(of result: TrialResult) -> [Double] {
    zip(outcomeConstraints, result.bounded).map { $0.violation(of: $1) }
  }

  /// Whether it has values and keeps every bound.
  public func isFeasible(_ result: TrialResult) -> Bool { result.values != nil && violations(of: result).allSatisfy { $0 == 0 } }

  /// The values as costs: one number for each objective, the smaller the better.
  public func costs(of values: [Double]) -> [Double] { zip(objectives, values).map { $0.goal == .maximize ? -$1 : $1 } }

  /// Whether a trial is judged by one number of one report: there is one objective, and there are no bounds.
  public var isSimple: Bool { objectives.count == 1 && outcomeConstraints.isEmpty }

  /// Whether some objective has a target.
  public var hasTarget: Bool { objectives.contains { $0.target != nil } }

  /// Whether it keeps every bound, some objective has a target, and every target is reached.
  public func reachesTarget(_ result: TrialResult) -> Bool {
    guard let values = result.values, isFeasible(result), hasTarget else { return false }
    return zip(objectives, values).allSatisfy { $0.target == nil || $0.reachesTarget($1) }
  }
}
