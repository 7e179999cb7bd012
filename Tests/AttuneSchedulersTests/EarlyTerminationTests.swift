import AttuneCore
import Testing

@testable import AttuneSchedulers

@Suite struct EarlyTerminationTests {
  private func stand() throws -> SchedulerStand<EarlyTermination> {
    var stand = try SchedulerStand(EarlyTermination(predictor: LastValue(), boundary: 4), [Objective(metric: "m", goal: .minimize)])
    stand.limits.steps = 20
    return stand
  }

  /// The answer's probability, and what follows.
  static let table: [(Double?, [Move])] = [(0.04, [.stop(TrialID(2))]), (0.05, []), (nil, [])]

  @Test(arguments: table) func asksForTheLastStepAndTheBestOfAll(probability: Double?, moves: [Move]) throws {
    var stand = try stand()
    for step in 1...3 { #expect(stand.report(1, step, 0.5) == []) }
    for step in 1...3 { #expect(stand.report(2, step, 1) == []) }
    let curve = LearningCurve(steps: [1, 2, 3, 4], values: [-1, -1, -1, -0.75])
    let other = LearningCurve(steps: [1, 2, 3], values: [-0.5, -0.5, -0.5])
    #expect(
      stand.report(2, 4, 0.75) == [.predict(CurveRequest(trial: TrialID(2), curve: curve, others: [other], steps: [20], target: -0.5))])
    let prediction = probability.map { CurvePrediction(mean: [0], deviation: [1], probability: [$0]) }
    #expect(stand.scheduler.moves(on: .predicted(TrialID(2), at: 4, prediction), in: stand.situation) == moves)
  }

  @Test func aDivergedTrialHasNoChanceAndAnEndedCurveNoFuture() throws {
    var stand = try stand()
    #expect(stand.report(1, 3, 0.5) == [] && stand.report(1, 4, .nan) == [.stop(TrialID(1))])
    #expect(stand.report(2, 20, 0.5) == [])
    stand.limits.steps = nil
    #expect(stand.report(3, 4, 0.5).count == 1)  // up to the highest step of any trial
    #expect(stand.report(3, 24, 0.5) == [])
  }
}
