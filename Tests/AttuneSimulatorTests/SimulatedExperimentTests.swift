import AttuneCore
import AttuneSchedulers
import AttuneTraces
import Testing

@testable import AttuneSimulator

/// What can be worked out by hand.
@Suite struct SimulatedExperimentTests {
  /// Three configurations of 3 steps at 1, 2 and 3 seconds; the third reaches 0.9 at its second step.
  static let values = [[0.1, 0.2, 0.3], [0.2, 0.4, 0.5], [0.3, 0.9, 0.95]]

  @Test func fifoInOneSlot() throws {
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3], target: 0.9).run(FirstInFirstOut())
    #expect(run.timeToTarget == 3 + 6 + 6 && run.seconds == 15 && run.outcome == .targetReached(TrialID(3)))
    #expect(run.improvements.map(\.seconds) == [1, 2, 3, 7, 9, 15] && run.improvements.map(\.value) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.9])
    #expect(run.trials.map(\.seconds) == [3, 6, 6] && run.trials.map(\.reports) == [3, 3, 2])
    #expect(run.machineTime.steps == 15 && run.machineTime.total == 15)
  }

  @Test func fifoInTwoSlots() throws {
    var conditions = Conditions()
    conditions.slots = 2
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3], target: 0.9).run(FirstInFirstOut(), conditions)
    #expect(run.timeToTarget == 9, "the third begins when the first has ended")
    #expect(run.machineTime.steps == 3 + 6 + 6 && run.machineTime.lost == 0)
  }

  @Test func whatIsUnderWayAtTheEndIsLost() throws {
    var conditions = Conditions()
    conditions.slots = 3
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 4], target: 0.5).run(FirstInFirstOut(), conditions)
    #expect(run.timeToTarget == 6 && run.machineTime.steps == 3 + 6 + 4 && run.machineTime.lost == 2)
    #expect(run.trials.map(\.state) == [.completed, .completed, .stopped])
  }

  @Test func aTargetMetAtTheFirstReport() throws {
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3], target: 0.05).run(FirstInFirstOut())
    #expect(run.timeToTarget == 1 && run.seconds == 1 && run.trials.count == 1)
  }

  @Test func aTargetThatIsNeverMet() throws {
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3], target: 0.99).run(FirstInFirstOut())
    #expect(run.timeToTarget == nil && run.seconds == 18 && run.outcome == .trialsDone && run.best == 0.95)
  }

  @Test func theTargetNeedNotBeTheEnd() throws {
    var conditions = Conditions()
    conditions.goesOn = true
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3], target: 0.9).run(FirstInFirstOut(), conditions)
    #expect(run.timeToTarget == 15 && run.seconds == 18 && run.best == 0.95)
  }

  /// a1 b1 a2 b2, each step a second, giving up the slot 0.25, going on 0.5.
  @Test func suspendingAndResumingTakeTheSlotsTime() throws {
    var conditions = Conditions()
    (conditions.suspendCost, conditions.resumeCost) = (0.25, 0.5)
    let run = try Workloads.workload([[0.1, 0.2], [0.1, 0.3]], seconds: [1, 1]).run(RoundRobin(), conditions)
    #expect(run.seconds == 2 * 1.25 + 2 * 1.5 && run.suspensions == 2)
    let time = run.machineTime
    #expect(time.steps == 4 && time.suspending == 0.5 && time.resuming == 1 && time.lost == 0 && time.total == run.seconds)
    #expect(run.trials.map(\.seconds) == [2.75, 2.75] && run.trials.map(\.state) == [.completed, .completed])
  }

  @Test func withoutSuspensionNobodyMakesRoom() throws {
    var conditions = Conditions()
    conditions.canSuspend = false
    let run = try Workloads.workload([[0.1, 0.2], [0.1, 0.3]], seconds: [1, 1]).run(RoundRobin(), conditions)
    #expect(run.suspensions == 0 && run.seconds == 4)
  }

  @Test func theStepsMayBeLimited() throws {
    var conditions = Conditions()
    conditions.steps = 2
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3]).run(FirstInFirstOut(), conditions)
    #expect(run.seconds == 2 + 4 + 6 && run.trials.allSatisfy { $0.reports == 2 && $0.state == .completed })
    #expect(try Workloads.workload(Self.values, seconds: [1, 2, 3], steps: 2).steps == 2)
  }

  @Test func theTimeMayBeLimited() throws {
    var conditions = Conditions()
    conditions.timeLimit = 7.5
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3]).run(FirstInFirstOut(), conditions)
    #expect(run.seconds == 7.5 && run.outcome == .timeLimit && run.machineTime.lost == 0.5 && run.machineTime.total == 7.5)
  }

  @Test func theBestOverTime() throws {
    let run = try Workloads.workload(Self.values, seconds: [1, 2, 3]).run(FirstInFirstOut())
    #expect(abs(run.meanBest(until: 3, floor: 0.1) - (0.1 + 0.1 + 0.2) / 3) < 1e-12)
    #expect(run.meanBest(until: 0.5, floor: 0.1) == 0.1)
    let end = run.meanBest(until: 18, floor: 0.1)
    #expect(abs(run.meanBest(until: 36, floor: 0.1) - (end + 0.95) / 2) < 1e-12, "what was found stays found")
  }
}
