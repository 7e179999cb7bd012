import AttuneCore
import AttuneTraces
import Testing

@testable import AttuneSimulator

@Suite struct TraceRecorderTests {
  static func history(_ count: Int) throws -> History {
    History(
      space: try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))]), objective: Objective(metric: "loss", goal: .minimize),
      trials: (1...count).map { Trial(id: TrialID($0), configuration: Configuration(["x": 0.5]), proposer: "random") })
  }

  static func reported(_ attempt: String, step: Int, at elapsed: Double, _ metrics: [String: Double]) -> Event.Kind {
    .reported(AttemptID(attempt) ?? AttemptID(trial: TrialID(1), number: 1), Report(step: step, metrics: metrics, elapsed: elapsed))
  }

  /// The second attempt goes on behind step 2, repeats step 2, and takes 10 s to load.
  @Test func aRestartIsNoTraining() throws {
    var recorder = TraceRecorder()
    for (attempt, step, elapsed) in [("1.1", 1, 2.0), ("1.1", 2, 4.0), ("1.2", 2, 12.0), ("1.2", 3, 14.5)] {
      recorder.add(Self.reported(attempt, step: step, at: elapsed, ["loss": Double(-step)]))
    }
    let trace = recorder.trace(of: try Self.history(2))
    #expect(trace.trials.count == 1 && trace.trials[0].name == "1" && trace.metrics == ["loss"])
    #expect(trace.trials[0].steps == [1, 2, 3] && trace.trials[0].seconds == [2, 4.25, 6.75])
    #expect(trace.trials[0].metrics["loss"] == [-1, -2, -3])
  }

  @Test func metricsOfOneStepArePutTogether() throws {
    var recorder = TraceRecorder()
    recorder.add(Self.reported("1.1", step: 1, at: 1, ["loss": 5]))
    recorder.add(Self.reported("1.1", step: 1, at: 1.5, ["memory": 7]))
    recorder.add(Self.reported("1.1", step: 2, at: 1.5, ["loss": 4]))
    let trial = recorder.trace(of: try Self.history(1)).trials[0]
    #expect(trial.steps == [1, 2] && trial.metrics["memory"]?[0] == 7 && trial.metrics["memory"]?[1].isNaN == true)
    #expect(trial.seconds == [1.5, 1.5 + TraceRecorder.shortestStep], "reports at one moment still follow one another")
  }

  /// What was simulated in one slot, recorded, is the trace again.
  @Test func aRecordedTraceIsReadBack() throws {
    let trace = Workloads.trace([[0.1, 0.2], [0.4, 0.5]], seconds: [1, 2])
    var recorder = TraceRecorder()
    for (index, trial) in trace.trials.enumerated() {
      for place in trial.steps.indices {
        let metrics = trial.metrics.mapValues { $0[place] }
        recorder.add(Self.reported("\(index + 1).1", step: trial.steps[place], at: trial.seconds[place], metrics))
      }
    }
    let recorded = recorder.trace(of: try Self.history(2))
    #expect(recorded.trials.map(\.seconds) == trace.trials.map(\.seconds) && recorded.trials.map(\.metrics) == trace.trials.map(\.metrics))
    #expect(try TraceReader().read(recorded.text(), name: "recorded") == recorded)
  }

  @Test func curvesThatWereCutShortGoOn() throws {
    let trace = Workloads.trace([[0.1, 0.2], [0.4, 0.5, 0.6, 0.7]], seconds: [1, 2])
    var predictor = AlwaysHalf()
    let objective = Objective(metric: "accuracy", goal: .maximize)
    let (continued, count) = trace.continued(["c0"], to: 4, objective: objective, by: &predictor)
    #expect(count == 1 && continued.trials[1] == trace.trials[1])
    #expect(continued.trials[0].steps == [1, 2, 3, 4] && continued.trials[0].seconds == [1, 2, 3, 4])
    #expect(continued.trials[0].metrics["accuracy"] == [0.1, 0.2, 0.5, 0.5])
  }
}

private struct AlwaysHalf: CurvePredictor {
  func predict(_ request: CurveRequest) -> CurvePrediction? {
    CurvePrediction(mean: request.steps.map { _ in 0.5 }, deviation: request.steps.map { _ in 0.1 })
  }
}
