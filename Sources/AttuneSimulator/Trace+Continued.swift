import AttuneCore
import AttuneTraces

extension Trace {
  /// The same trace, with curves that were cut short going on as a predictor expects them to, in the trial's usual time a step. Nobody has
  /// seen that part: who uses it has to say so.
  /// - Parameters:
  ///   - names: the trials whose curves were cut short.
  ///   - steps: where they would have ended.
  ///   - objective: whose metric goes on; the others do not.
  /// - Returns: the trace, and how many curves go on in it.
  public func continued(
    _ names: Set<String>, to steps: Int, objective: Objective, by predictor: inout some CurvePredictor
  ) -> (trace: Trace, count: Int) {
    let sign = objective.goal == .maximize ? 1.0 : -1.0
    let curves = trials.map { $0.curve(of: objective.metric, goal: objective.goal) }
    var count = 0
    let continued = trials.indices.map { index in
      let trial = trials[index]
      guard names.contains(trial.name), let last = trial.steps.last, let seconds = trial.seconds.last, last < steps else { return trial }
      let stride = max(1, last / trial.steps.count)
      let future = Array(Swift.stride(from: last + stride, through: steps, by: stride))
      let others = curves.indices.filter { $0 != index }.map { curves[$0] }
      let request = CurveRequest(trial: TrialID(index + 1), curve: curves[index], others: others, steps: future, target: nil)
      guard !future.isEmpty, let mean = predictor.predict(request)?.mean, mean.allSatisfy(\.isFinite) else { return trial }
      count += 1
      let pace = seconds / Double(trial.steps.count)
      let more = future.indices.map { seconds + pace * Double($0 + 1) }
      let metrics = trial.metrics.map { name, values in
        (name, values + (name == objective.metric ? mean.map { sign * $0 } : mean.map { _ in Double.nan }))
      }
      return TracedTrial(
        name: trial.name, steps: trial.steps + future, seconds: trial.seconds + more,
        metrics: Dictionary(metrics, uniquingKeysWith: { first, _ in first }))
    }
    return (Trace(metrics: metrics, trials: continued, leftOut: leftOut), count)
  }
}
