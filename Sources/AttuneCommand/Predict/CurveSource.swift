import AttuneCore
import AttuneStore
import AttuneTraces

/// Curves to predict and to learn from: those of a trace, or of an experiment.
struct CurveSource {
  /// What errors call it.
  let name: String
  let metric: String
  let goal: Objective.Goal
  /// By trial, as far as they are known; larger is better.
  let curves: [(trial: String, curve: LearningCurve)]
  /// Trials that may still go on.
  let open: [String]
  /// Where a trial ends: what the experiment's limits say, or as far as any of them came.
  let end: Int
  /// The value to be reached, in the metric's units.
  let target: Double?

  /// The trials of a trace file.
  init(trace path: String, columns: TraceReader.Columns, metric: String, goal: Objective.Goal) throws {
    let trace: Trace
    do {
      trace = try TraceReader(columns: columns, metrics: [metric], faults: .leftOut, allowsGaps: true).read(file: path)
    } catch {
      if case .unknownMetric = error.problem { throw Failure(.unknown, "\(error)") }
      throw Failure(.badInput, "\(error)")
    }
    for error in trace.leftOut { Failure.complain("attune: \(error); this trial is left out") }
    (name, self.metric, self.goal) = (path, metric, goal)
    curves = trace.trials.map { ($0.name, $0.curve(of: metric, goal: goal)) }
    open = []
    end = trace.trials.compactMap(\.steps.last).max() ?? 0
    target = nil
  }

  /// The trials of an experiment.
  /// - Parameter metric: `nil` for the first objective's.
  init(_ history: History, of record: ExperimentRecord, metric: String?, goal: Objective.Goal?) throws {
    let objective = history.objectives.first { $0.metric == metric } ?? history.objective
    let metric = metric ?? objective.metric
    let known = Set(history.trials.flatMap(\.reports).flatMap(\.metrics.keys))
    guard known.isEmpty || known.contains(metric) else {
      throw Failure(.unknown, "experiment '\(record.name)' has no metric '\(metric)'\(Nearest.hint(metric, among: known.sorted()))")
    }
    let goal = goal ?? (objective.metric == metric ? objective.goal : .maximize)
    (name, self.metric, self.goal) = ("experiment '\(record.name)'", metric, goal)
    curves = history.trials.map { trial in
      var curve = LearningCurve()
      for report in trial.reports {
        if let value = report.metrics[metric] { curve.add(goal == .maximize ? value : -value, at: report.step) }
      }
      return ("\(trial.id.rawValue)", curve)
    }
    open = history.trials.filter { !$0.state.isFinal && !$0.reports.isEmpty }.map { "\($0.id.rawValue)" }
    end = record.definition.limits.steps ?? curves.compactMap(\.curve.steps.last).max() ?? 0
    target = objective.metric == metric ? objective.target : nil
  }

  /// The curve of a trial.
  /// - Throws: `Failure` when there is no such trial.
  func curve(of trial: String) throws -> LearningCurve {
    guard let entry = curves.first(where: { $0.trial == trial }) else {
      let known = curves.map(\.trial)
      let some = known.prefix(8).joined(separator: ", ") + (known.count > 8 ? ", … (\(known.count))" : "")
      throw Failure(.unknown, "\(name) has no trial '\(trial)'; it has \(some)")
    }
    return entry.curve
  }
}
