import AttuneCore
import AttuneMath
import AttuneSchedulers
import AttuneTraces
import Testing

@testable import AttuneSimulator

@Suite struct ComparisonTests {
  @Test func quantilesAreLinearBetweenNumbers() {
    let quantiles = Quantiles([4, 1, 3, 2])
    #expect(quantiles.median == 2.5 && quantiles[0] == 1 && quantiles[1] == 4 && quantiles[0.25] == 1.75)
    #expect(Quantiles([]).median.isNaN && Quantiles([7])[0.9] == 7)
  }

  /// Twice as slow in every repeat is a ratio of exactly 2, however different the repeats are.
  @Test func pairedRatiosKnowNothingOfTheRepeatsDifferences() {
    var random = RandomStream(seed: 2, purpose: "test", index: 0)
    let below = (0..<30).map { _ in 1 + 100 * random.nextUnit() }
    let ratio = PairedRatio(below.map { 2 * $0 }, below, seed: 1)
    #expect(ratio.ratio == 2 && ratio.interval == 2...2)
    let noisy = PairedRatio(below.map { $0 * (1 + random.nextUnit()) }, below, seed: 1)
    #expect(noisy.interval.contains(noisy.ratio) && noisy.interval.lowerBound > 1 && noisy.interval.upperBound < 2)
  }

  @Test func anIntervalOfMeansHasTheTextbookWidth() {
    var random = RandomStream(seed: 3, purpose: "test", index: 0)
    let numbers = (0..<400).map { _ in (0..<12).reduce(0) { sum, _ in sum + random.nextUnit() } - 6 }
    let interval = PairedMean(numbers, seed: 9).interval
    let width = interval.upperBound - interval.lowerBound
    #expect(abs(width - 2 * 1.645 / 20) < 0.02, "\(width)")
  }

  /// A scheduler that never reaches the target is counted to its end, and said to be a lower bound.
  @Test func targetsThatAreNotReached() throws {
    let workload = try Workloads.workload([[0.1, 0.2], [0.3, 0.8]], seconds: [1, 1], target: 0.8)
    let whole = try workload.run(FirstInFirstOut())
    var conditions = Conditions()
    conditions.steps = 1
    let short = try workload.run(FirstInFirstOut(), conditions)
    let comparison = Comparison([[whole, whole], [whole, short]], of: workload, seed: 0)
    let times = comparison.rows[1].times
    #expect(times.seconds == [4, nil] && times.counted == [4, 2] && times.isBound && times.reached == 1 && times.mean == 3)
    #expect(times.median == nil && comparison.rows[0].times.median == 4 && comparison.rows[0].timeRatio == nil)
    #expect(comparison.rows[1].timeRatio?.ratio == 0.75 && comparison.budgets == [4, 4])
  }

  @Test func gainsAreBetterWhenPositiveWhateverTheGoal() throws {
    let trace = Workloads.trace([[5, 4], [1, 1]], seconds: [1, 1])
    let workload = try Workload(trace, objective: Objective(metric: "accuracy", goal: .minimize))
    let bad = try workload.run(FirstInFirstOut(), order: [0, 1])
    let good = try workload.run(FirstInFirstOut(), order: [1, 0])
    #expect(workload.floor == 5 && good.best == 1)
    let row = Comparison([[bad], [good]], of: workload, seed: 0).rows[1]
    #expect((row.areaGain?.mean ?? 0) > 0)
  }
}

/// What makes no sense is said in a line.
@Suite struct BadSimulationTests {
  @Test func aMetricThatWasNotSeen() throws {
    let trace = Workloads.trace([[0.1]], seconds: [1])
    let error = #expect(throws: SimulationError.self) { try Workload(trace, objective: Objective(metric: "acuracy", goal: .maximize)) }
    #expect(error?.description == "the trace has no metric 'acuracy'. Did you mean 'accuracy'?")
    #expect(throws: SimulationError.noValues(metric: "accuracy")) {
      try Workload(Workloads.trace([[.nan, .nan]], seconds: [1]), objective: Objective(metric: "accuracy", goal: .maximize))
    }
    #expect(throws: SimulationError.self) {
      try Workload(trace, objective: Objective(metric: "accuracy", goal: .maximize, target: .infinity))
    }
    #expect(throws: SimulationError.noTrials(steps: nil)) {
      try Workload(Trace(metrics: ["accuracy"], trials: []), objective: Objective(metric: "accuracy", goal: .maximize))
    }
  }

  @Test func conditionsThatAreNotAllowed() throws {
    let spoilt: [(what: String, spoil: (inout Conditions) -> Void)] = [
      ("slots", { $0.slots = 0 }), ("steps", { $0.steps = 0 }), ("retries", { $0.retries = -1 }), ("suspend cost", { $0.suspendCost = -1 }),
      ("resume cost", { $0.resumeCost = .nan }), ("prediction cost", { $0.predictionCost = .infinity }),
      ("failures", { $0.failureRate = 1 }), ("time limit", { $0.timeLimit = 0 }),
      ("reports between checkpoints", { $0.checkpointEvery = 0 }),
    ]
    let workload = try Workloads.random(3, steps: 2, seed: 0)
    for (what, spoil) in spoilt {
      var conditions = Conditions()
      spoil(&conditions)
      let error = #expect(throws: SimulationError.self) { try workload.run(FirstInFirstOut(), conditions) }
      #expect(error?.description.hasPrefix("\(what): ") == true && error?.description.contains("allowed") == true, "\(what)")
    }
  }

  /// Values that are no numbers are reported and never the best.
  @Test func curvesThatDiverge() throws {
    let workload = try Workloads.workload([[0.1, 0.2], [.nan, .nan], [0.3, .nan]], seconds: [1, 1, 1], target: 0.3)
    let run = try workload.run(FirstInFirstOut())
    #expect(run.timeToTarget == 5 && run.best == 0.3 && run.trials[1].reports == 2)
  }
}
