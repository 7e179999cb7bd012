import AttuneCore
import AttuneMath
import AttuneTesting
import Testing

@testable import AttuneSchedulers

@Suite struct PromisingOpportunisticPoorTests {
  /// Boundary 2, four steps, one second a step.
  private func stand(_ change: (inout PopOptions) -> Void = { _ in }) throws -> SchedulerStand<PromisingOpportunisticPoor> {
    var options = PopOptions()
    options.boundary = 2
    options.target = 0.9
    change(&options)
    var stand = try SchedulerStand(PromisingOpportunisticPoor(predictor: LastValue(), options))
    stand.limits.steps = 4
    return stand
  }

  private func request(_ trial: Int, _ values: [Double], others: [[Double]] = [], steps: [Int], target: Double = 0.9) -> Move {
    let curves = ([values] + others).map { LearningCurve(steps: Array(1...$0.count), values: $0) }
    return .predict(CurveRequest(trial: TrialID(trial), curve: curves[0], others: Array(curves.dropFirst()), steps: steps, target: target))
  }

  @Test func predictsAtABoundaryAndDividesTheSlots() throws {
    var stand = try stand()
    #expect(stand.report(1, 1, 0.1) == [])
    #expect(stand.report(1, 2, 0.2) == [request(1, [0.1, 0.2], steps: [3, 4])])
    #expect(stand.answer(1, 2, [0.5, 0.4]) == [])  // the only one, so its p is the threshold
    let first = stand.scheduler.outlook(of: TrialID(1))
    #expect(first == TrialOutlook(.promising, probability: 0.5, seconds: 0.5))
    _ = (stand.report(2, 1, 0.1), stand.report(2, 2, 0.1))
    // Two slots: min(1, 2 · 0.5) = 1 at 0.5, min(2, 2 · 0.25) = 0.5 at 0.25.
    #expect(stand.answer(2, 2, [0.125, 0.25]) == [.suspend(TrialID(2))])
    #expect(stand.scheduler.outlook(of: TrialID(2)) == TrialOutlook(.opportunistic, probability: 0.25, seconds: 0.125 + 2 * 0.125))
    #expect(stand.suspend(2) == [] && stand.next() == .fresh)
    stand.canStartFresh = false
    #expect(stand.next() == .resume(TrialID(2)) && stand.next() == .nothing)
    #expect(stand.scheduler.outlook(of: TrialID(3)) == nil && stand.end(1) == [] && stand.scheduler.outlook(of: TrialID(1)) == nil)
  }

  @Test func whatIsPoorIsStopped() throws {
    var stand = try stand { $0.killThreshold = 0.15 }
    #expect(stand.report(1, 1, 0.15) == [] && stand.report(1, 2, 0.1) == [.stop(TrialID(1))])
    #expect(stand.report(2, 2, 0.16).count == 1 && stand.answer(2, 2, [0.04]) == [.stop(TrialID(2))])
    #expect(stand.end(2, .stopped) == [] && stand.scheduler.outlook(of: TrialID(2))?.standing == .poor)
    #expect(stand.report(3, 2, 0.5).count == 1 && stand.answer(3, 2, nil) == [])  // a failed fit keeps it running
    #expect(stand.report(4, 1, 0.5) == [] && stand.report(4, 2, .nan) == [.stop(TrialID(4))])
  }

  @Test func promisingTrialsThatWaitComeFirstThenNewOnesThenByTurns() throws {
    var stand = try stand()
    stand.slots = 1
    for (trial, chance) in [(1, 0.9), (2, 0.5), (3, 0.6), (4, 0.4)] {
      _ = stand.report(trial, 2, 0.1)
      #expect(stand.answer(trial, 2, [chance]) == (trial == 1 ? [] : [.suspend(TrialID(trial))]))
      if trial > 1 { _ = stand.suspend(trial) }
    }
    #expect(stand.next() == .fresh)
    _ = stand.end(1)
    #expect(stand.next() == .resume(TrialID(3)))  // promising now
    #expect(stand.next() == .fresh)
    stand.canStartFresh = false
    #expect(stand.next() == .resume(TrialID(2)) && stand.next() == .resume(TrialID(4)) && stand.next() == .nothing)
  }

  @Test func nobodyMakesRoomForNobody() throws {
    for canSuspend in [true, false] {
      var stand = try stand()
      (stand.canStartFresh, stand.canSuspend) = (!canSuspend, canSuspend)
      for (trial, chance) in [(1, 0.9), (2, 0.1)] {
        _ = stand.report(trial, 2, 0.1)
        #expect(stand.answer(trial, 2, [chance]) == [])
      }
    }
  }

  @Test func aReachedTargetIsRaisedAndAllArePredictedAgain() throws {
    var stand = try stand {
      $0.target = 0.75
      $0.dynamicTarget = 0.25
    }
    for step in 1...2 { _ = stand.report(1, step, 0.5) }
    _ = stand.answer(1, 2, [0.3])
    #expect(stand.report(2, 1, 0.7) == [])
    #expect(stand.report(3, 1, 0.875) == [request(1, [0.5, 0.5], others: [[0.7], [0.875]], steps: [3, 4], target: 1.125)])
    #expect(stand.report(3, 1, 0.875) == [])
    #expect(stand.report(3, 1, 1.25) == [request(1, [0.5, 0.5], others: [[0.7], [1.25]], steps: [3, 4], target: 1.5)])
  }

  @Test func timeLimitsWhatIsPredicted() throws {
    var stand = try stand()
    stand.limits = Limits(steps: 100, time: 60)
    stand.seconds = 20
    for step in 1...2 { _ = stand.report(1, step, ["m": 0.1], elapsed: 3 + 10 * Double(step)) }
    guard case .predict(let request)? = stand.report(1, 2, ["m": 0.1], elapsed: 23).first else {
      Issue.record("no prediction was asked for")
      return
    }
    #expect(request.steps == [3, 4, 5, 6])  // 40 seconds, 10 each
    #expect(stand.answer(1, 2, [0.125, 0.25, 0.125, 0.5]) == [])
    #expect(stand.scheduler.outlook(of: TrialID(1)) == TrialOutlook(.promising, probability: 0.5, seconds: 10 * (0.125 + 0.25 + 1)))
  }

  @Test func aBarrierLetsEverybodyComeAsFar() throws {
    var stand = try stand { $0.isBarrier = true }
    stand.limits.steps = 40
    #expect(stand.report(1, 2, 0.1).last == .suspend(TrialID(1)) && stand.suspend(1) == [])
    #expect(stand.report(2, 4, 0.1).last == .suspend(TrialID(2)) && stand.suspend(2) == [])
    #expect(stand.report(3, 2, 0.1).last == .suspend(TrialID(3)) && stand.suspend(3) == [])
    #expect(stand.answer(2, 4, [0.9]) == [] && stand.answer(1, 2, [0.01]) == [.stop(TrialID(1))])
    _ = stand.end(1, .stopped)
    #expect(stand.next() == .fresh)
    stand.canStartFresh = false
    #expect(stand.next() == .resume(TrialID(3)) && stand.next() == .resume(TrialID(2)))
  }

  @Test func manyStepsAheadAreThinned() {
    let curve = LearningCurve(steps: [2000, 4000], values: [0, 1])
    #expect(curve.stride == 2000 && curve.stepsAhead(through: 10_999, limit: 5) == [6000, 8000, 10_000])
    #expect(LearningCurve(steps: [1], values: [0]).stepsAhead(through: 1001, limit: 4) == [251, 501, 751, 1001])
    #expect(LearningCurve(steps: [5, 10, 15], values: [0, 0, 0]).stepsAhead(through: 15, limit: 4) == [])
  }

  /// Against all probabilities one by one.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func theThresholdIsTheBestOfAll(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "threshold", index: 0)
    for _ in 0..<200 {
      let slots = Int.random(in: 1...12, using: &random)
      let share = Double.random(in: 0.5...2, using: &random)
      let chances = (0..<Int.random(in: 1...30, using: &random)).map { _ in (20 * random.nextUnit()).rounded() / 20 }
      var ranking = Ranking<Standing>()
      for (index, chance) in chances.enumerated() { ranking.insert(Standing(merit: chance, trial: TrialID(index + 1))) }
      func effective(_ p: Double) -> Double { min(share * Double(chances.count { $0 >= p }), Double(slots) * p) }
      let best = chances.map(effective).max()
      let expected = chances.filter { effective($0) == best }.max()
      #expect(SlotDivision.threshold(ranking, slots: slots, share: share) == expected, "seed \(seed): \(chances), \(slots) slots")
    }
    #expect(SlotDivision.threshold(Ranking(), slots: 3) == nil)
  }

  /// Against the paper's sums, term by term.
  @Test(arguments: [1, 2, 3] as [UInt64]) func theRemainingTimeIsThePapers(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "remaining", index: 0)
    for _ in 0..<200 {
      let raw = (0..<20).map { _ in random.nextUnit() }
      let pace = random.nextUnit()
      let budget = 5 * random.nextUnit()
      let rising = raw.indices.map { raw[...$0].max() ?? 0 }
      var (sum, expected, isCut) = (0.0, 0.0, false)
      for (index, chance) in rising.enumerated() where !isCut {
        let mass = chance - (index == 0 ? 0 : rising[index - 1])
        isCut = expected + mass * Double(index + 1) * pace > budget
        (sum, expected) = isCut ? (sum, budget) : (sum + mass, expected + mass * Double(index + 1) * pace)
      }
      let remaining = RemainingTime(chances: raw, steps: Array(1...20), pace: pace, budget: budget)
      #expect(abs(remaining.probability - sum) < 1e-12 && abs(remaining.seconds - expected) < 1e-12, "seed \(seed)")
    }
  }
}

extension SchedulerStand {
  /// The answer to a trial's prediction; `nil` for none.
  mutating func answer(_ number: Int, _ step: Int, _ chances: [Double]?) -> [Move] {
    let prediction = chances.map { CurvePrediction(mean: $0, deviation: $0, probability: $0) }
    return scheduler.moves(on: .predicted(TrialID(number), at: step, prediction), in: situation)
  }
}
