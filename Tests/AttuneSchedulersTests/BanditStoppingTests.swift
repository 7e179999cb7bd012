import AttuneCore
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneSchedulers

@Suite struct BanditStoppingTests {
  /// The best of another trial, a trial's values, the goal, the range, whether it is stopped at step 2.
  static let table: [(Double, [Double], Objective.Goal, ClosedRange<Double>?, Bool)] = [
    (0.9, [0.1, 0.5], .maximize, nil, true),
    (0.9, [0.1, 0.61], .maximize, nil, false),
    (0.9, [0.61, 0.1], .maximize, nil, false),  // its best counts
    (0.9, [.nan, .infinity], .maximize, nil, true),
    (2, [9, 3.1], .minimize, nil, true),
    (2, [9, 2.9], .minimize, nil, false),
    (-10, [-20, -19], .maximize, nil, false),  // the allowance of a negative value is taken from its size
    (-10, [-25, -22], .maximize, nil, true),
    (200, [-400, -300], .maximize, -500...300, true),  // 0.25 · 1.5 < 0.875
    (200, [-400, 0], .maximize, -500...300, false),
    (0.1, [0.9, 0.6], .minimize, 0...1, true),  // 0.4 · 1.5 < 0.9
    (0.1, [0.9, 0.3], .minimize, 0...1, false),
    (.nan, [.nan, .nan], .maximize, nil, false),
  ]

  @Test(arguments: table)
  func comesNearTheBest(best: Double, curve: [Double], goal: Objective.Goal, range: ClosedRange<Double>?, isStopped: Bool) throws {
    var scheduler = BanditStopping(boundary: 2, range: range)
    let stops = try SchedulerStand.stops(by: &scheduler, [[best, best], curve], goal)
    #expect(stops == [false, false, false, isStopped])
  }

  @Test func theBestOfAllGoesOnAndStepsMayBeIrregular() throws {
    var stand = try SchedulerStand(BanditStopping(boundary: 10), [Objective(metric: "m", goal: .minimize)])
    #expect(stand.report(1, 10, -5) == [] && stand.report(2, 9, 100) == [])
    #expect(stand.report(2, 12, 100) == [.stop(TrialID(2))])
    #expect(stand.report(2, 15, 100) == [])  // no boundary since
    #expect(stand.report(2, 15, ["other": 1]) == [] && stand.report(1, 30, 3) == [])
  }

  @Test func optionsAreChecked() {
    for (option, value, allowed) in [
      ("range", Value.string("1..0"), "two numbers LOW..HIGH, e.g. -500..300"), ("range", .int(3), "two numbers LOW..HIGH, e.g. -500..300"),
      ("slack", .float(-1), "a number in 0.0...1000000.0"),
    ] {
      #expect(throws: AlgorithmError.badOption(algorithm: "bandit", option: option, value: value, allowed: allowed)) {
        try SchedulerCatalog.make(AlgorithmChoice("bandit", options: [option: value]))
      }
    }
    #expect(throws: Never.self) { try SchedulerCatalog.make(AlgorithmChoice("bandit", options: ["range": "-500..300"])) }
  }
}
