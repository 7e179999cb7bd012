import AttuneCore

/// What trials reported, and when: an experiment that was run, as far as schedulers and predictors look at it.
///
/// As a file it is a table of comma-separated values whose first line has the names: a column with the trial, one with the step, one with
/// the seconds since the trial's start, and one for each metric; a line is a report (`TraceReader`, `text`).
public struct Trace: Hashable, Sendable {
  /// The names of the metrics, in the order of the file's columns.
  public let metrics: [String]
  /// In the order in which they first appear in the file.
  public let trials: [TracedTrial]
  /// What was wrong with the trials that were left out, one for each, in the order of the file.
  public let leftOut: [TraceError]

  /// A trace.
  public init(metrics: [String], trials: [TracedTrial], leftOut: [TraceError] = []) {
    self.metrics = metrics
    self.trials = trials
    self.leftOut = leftOut
  }

  /// The trial of that name.
  public func trial(named name: String) -> TracedTrial? { trials.first { $0.name == name } }
}

/// The reports of one trial, by columns: report `i` came at `seconds[i]` after `steps[i]` steps.
public struct TracedTrial: Hashable, Sendable {
  /// What the file calls it.
  public let name: String
  /// Completed steps, strictly ascending, from 1.
  public let steps: [Int]
  /// Seconds since the trial's start, strictly ascending, above 0.
  public let seconds: [Double]
  /// A value for each report, by the metric's name; nan where the trial diverged or did not report that metric.
  public let metrics: [String: [Double]]

  /// A trial.
  /// - Precondition: the columns are of one length.
  public init(name: String, steps: [Int], seconds: [Double], metrics: [String: [Double]]) {
    precondition(
      seconds.count == steps.count && metrics.values.allSatisfy { $0.count == steps.count }, "the columns of a trial are of one length")
    self.name = name
    self.steps = steps
    self.seconds = seconds
    self.metrics = metrics
  }

  /// One metric by its steps, turned so that larger is better; a metric that is not there is a curve without values.
  /// - Parameter reports: only so many of the first.
  public func curve(of metric: String, goal: Objective.Goal, reports: Int = .max) -> LearningCurve {
    guard let values = metrics[metric] else { return LearningCurve() }
    let end = max(0, min(reports, steps.count))
    return LearningCurve(steps: Array(steps[..<end]), values: values[..<end].map { goal == .maximize ? $0 : -$0 })
  }
}
