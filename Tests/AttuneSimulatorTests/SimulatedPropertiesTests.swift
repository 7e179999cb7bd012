import AttuneCore
import AttuneSchedulers
import Testing

@testable import AttuneSimulator

/// What holds for every scheduler, whatever goes wrong.
@Suite struct SimulatedPropertiesTests {
  static func scheduler(_ seed: UInt64) throws -> any Scheduler {
    switch seed % 4 {
    case 0: RoundRobin()
    case 1: FirstInFirstOut()
    case 2: try SchedulerCatalog.make(AlgorithmChoice("asha"))
    default: try SchedulerCatalog.make(AlgorithmChoice("median", options: ["startup": 2, "warmup": 1]))
    }
  }

  static func conditions(_ seed: UInt64) -> Conditions {
    var conditions = Conditions()
    conditions.slots = Int(1 + seed % 5)
    conditions.suspendCost = seed.isMultiple(of: 3) ? 0.125 : 0
    conditions.resumeCost = seed.isMultiple(of: 5) ? 0.25 : 0
    conditions.yielding = seed.isMultiple(of: 2) ? .atOnce : .afterStep
    conditions.failureRate = seed.isMultiple(of: 7) ? 0.1 : 0
    conditions.checkpointEvery = seed.isMultiple(of: 14) ? 2 : nil
    conditions.retries = 1000
    return conditions
  }

  /// Slot time is steps, losses, suspending and resuming; a trial's time is its share; everything ends.
  @Test(arguments: UInt64(0)..<60)
  func timeIsConserved(seed: UInt64) throws {
    let conditions = Self.conditions(seed)
    let workload = try Workloads.random(12, steps: 6, seed: seed)
    let run = try workload.run(Self.scheduler(seed), conditions, seed: seed)
    #expect(run.trials.count == 12 && run.trials.allSatisfy { $0.state.isFinal }, "seed \(seed): \(run.trials.map(\.state))")
    let held = run.trials.reduce(0) { $0 + $1.seconds }
    #expect(abs(run.machineTime.total - held) < 1e-6, "seed \(seed)")
    #expect(held <= run.seconds * Double(conditions.slots) + 1e-6, "seed \(seed)")
    let time = run.machineTime
    #expect(time.steps >= 0 && time.lost >= 0 && time.suspending >= 0 && time.resuming >= 0, "seed \(seed): \(time)")
    #expect(abs(time.suspending - Double(run.suspensions) * conditions.suspendCost) < 1e-6, "seed \(seed)")
    guard conditions.failureRate == 0 else { return #expect(run.trials.contains { $0.failures > 0 }, "seed \(seed)") }
    let steps = run.trials.reduce(0.0) { sum, trial in
      sum + (trial.reports == 0 ? 0 : workload.curves[trial.configuration].seconds[trial.reports - 1])
    }
    #expect(abs(time.steps - steps) < 1e-6, "seed \(seed): every reported step was done once")
  }

  /// With failures and without anybody who stops, every trial still comes to its end.
  @Test(arguments: [nil, 1, 3])
  func nothingIsLostByFailures(checkpointEvery: Int?) throws {
    var conditions = Conditions()
    (conditions.slots, conditions.failureRate, conditions.retries) = (3, 0.2, 1000)
    conditions.checkpointEvery = checkpointEvery
    let workload = try Workloads.random(20, steps: 8, seed: 4)
    let run = try workload.run(FirstInFirstOut(), conditions)
    #expect(run.trials.allSatisfy { $0.state == .completed } && run.failures > 0)
    let training = run.trials.reduce(0.0) { $0 + (workload.curves[$1.configuration].seconds.last ?? 0) }
    if checkpointEvery == 1 { #expect(abs(run.machineTime.steps - training) < 1e-6, "no step is done again") }
    if checkpointEvery == nil { #expect(run.machineTime.steps > training) }
  }

  @Test func retriesEnd() throws {
    var conditions = Conditions()
    (conditions.failureRate, conditions.retries) = (0.9, 2)
    let run = try Workloads.random(5, steps: 8, seed: 4).run(FirstInFirstOut(), conditions)
    #expect(run.trials.contains { $0.state == .failed && $0.failures == 3 } || run.outcome != .trialsDone)
  }

  @Test(arguments: UInt64(0)..<8)
  func theSameSeedGivesTheSameRun(seed: UInt64) throws {
    let workload = try Workloads.random(15, steps: 9, seed: seed)
    let runs = try (0..<2).map { _ in try workload.run(Self.scheduler(seed), Self.conditions(7 * seed), seed: seed) }
    #expect(runs[0].improvements == runs[1].improvements && runs[0].trials == runs[1].trials && runs[0].events == runs[1].events)
  }

  @Test func ordersAreSetsAndPermutations() throws {
    let sets = try (0..<6).map { try ConfigurationOrder.sets.indices(10, of: 50, repetition: $0, seed: 3) }
    #expect(sets.allSatisfy { Set($0).count == 10 && $0.allSatisfy((0..<50).contains) } && Set(sets).count == 6)
    let orders = try (0..<6).map { try ConfigurationOrder.oneSet.indices(10, of: 50, repetition: $0, seed: 3) }
    #expect(Set(orders).count == 6 && Set(orders.map { Set($0) }).count == 1)
    #expect(try ConfigurationOrder.asGiven.indices(3, of: 50, repetition: 5, seed: 3) == [0, 1, 2])
    #expect(try ConfigurationOrder.drawn.indices(200, of: 5, repetition: 0, seed: 3).count == 200)
    #expect(try ConfigurationOrder.sets.indices(nil, of: 5, repetition: 0, seed: 3).sorted() == [0, 1, 2, 3, 4])
    #expect(throws: SimulationError.tooMany(wanted: 6, known: 5)) {
      try ConfigurationOrder.sets.indices(6, of: 5, repetition: 0, seed: 0)
    }
  }

  @Test func theOrderIsWhatIsTried() throws {
    let run = try Workloads.random(5, steps: 2, seed: 1).run(FirstInFirstOut(), order: [3, 1, 4])
    #expect(run.trials.map(\.configuration) == [3, 1, 4])
  }
}
