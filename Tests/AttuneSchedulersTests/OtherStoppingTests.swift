import AttuneCore
import AttuneMath
import Testing

@testable import AttuneSchedulers

@Suite struct ConstantStepsTests {
  @Test func theBestGoOnWhenAllAreTried() throws {
    var stand = try SchedulerStand(ConstantSteps(steps: 2))
    for (trial, value) in [(1, 0.2), (2, 0.9), (3, 0.5), (4, .nan)] {
      #expect(stand.report(trial, 1, 0) == [] && stand.next() == .fresh)
      #expect(stand.report(trial, 2, value) == [.suspend(TrialID(trial))] && stand.suspend(trial) == [])
    }
    stand.canStartFresh = false
    #expect(stand.next() == .resume(TrialID(2)) && stand.next() == .resume(TrialID(3)) && stand.next() == .nothing)
    #expect(stand.report(2, 3, 0.1) == [] && stand.end(2, .failed) == [])
    #expect(stand.next() == .resume(TrialID(1)) && stand.next() == .nothing)  // in place of the one that failed
  }

  @Test func whatCannotBeSuspendedIsStopped() throws {
    var stand = try SchedulerStand(ConstantSteps(finalists: 1), [Objective(metric: "m", goal: .minimize)])
    stand.canSuspend = false
    let goesOn = [0.5, 0.6, 0.4, .nan, 0.4, 0.1].enumerated().map { stand.report($0 + 1, 1, $1) == [] }
    #expect(goesOn == [true, false, true, false, false, true])
  }
}

@Suite struct DominanceStoppingTests {
  private static let objectives = [Objective(metric: "loss", goal: .minimize), Objective(metric: "speed", goal: .maximize)]

  /// A trial's loss and speed beside four others, and whether it is stopped.
  static let table: [(Double, Double, Bool)] = [
    (3, 3, true),  // two of four are better in both
    (2.5, 4.5, false),  // one of four is no more than a quarter
    (0, 0, false), (9, 9, false),  // the best in one
    (.nan, 0, true), (0.4, .infinity, false), (.nan, .infinity, true),
  ]

  @Test(arguments: table) func countsThoseThatAreBetterInAll(loss: Double, speed: Double, isStopped: Bool) throws {
    var stand = try SchedulerStand(DominanceStopping(startup: 4, warmup: 0), Self.objectives)
    for (trial, point) in [(1.0, 4.0), (2, 5), (4, 8), (0.5, 1)].enumerated() {
      #expect(stand.report(trial + 1, 1, ["loss": point.0, "speed": point.1]) == [])
    }
    #expect(stand.report(5, 1, ["loss": loss, "speed": speed]) == (isStopped ? [.stop(TrialID(5))] : []))
    #expect(stand.report(5, 1, ["loss": loss, "speed": speed]) == [], "a repeated step says nothing new")
    #expect(stand.report(6, 1, ["loss": 100]) == [], "a report without one of the metrics is passed over")
  }

  /// Nobody on the front is ever stopped.
  @Test(arguments: [1, 2, 3] as [UInt64]) func theFrontGoesOn(seed: UInt64) throws {
    var random = RandomStream(seed: seed, purpose: "front", index: 0)
    var stand = try SchedulerStand(DominanceStopping(share: 0, startup: 1, warmup: 0), Self.objectives)
    var points: [(Double, Double)] = []
    for trial in 1...700 {
      let point = (random.nextUnit(), random.nextUnit())
      let isStopped = stand.report(trial, 1, ["loss": point.0, "speed": point.1]) != []
      let isDominated = points.suffix(512).contains { $0.0 <= point.0 && $0.1 >= point.1 && $0 != point }
      #expect(isStopped == isDominated, "seed \(seed), trial \(trial)")
      points.append(point)
    }
  }
}
