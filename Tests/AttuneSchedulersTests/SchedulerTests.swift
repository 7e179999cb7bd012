import AttuneCore
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneSchedulers

@Suite struct SchedulerTests {
  /// Curves that came before, the curve under test, what is decided at its last report.
  static let medianTable: [([[Double]], [Double], Objective.Goal, Decision)] = [
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [0.1, 0.2], .maximize, .stop),
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [0.1, 0.66], .maximize, .continue),
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [0.66, 0.1], .maximize, .continue),  // its best counts
    ([[0.5, 0.6], [0.6, 0.7]], [0.1, 0.2], .maximize, .continue),  // too few others
    ([[0.5, 0.6], [0.6, 0.7], [0.7]], [0.1, 0.2], .maximize, .continue),  // one did not come so far
    ([[0.5, 0.4], [0.4, 0.3], [0.3, 0.2]], [0.9, 0.8], .minimize, .stop),
    ([[0.5, 0.4], [0.4, 0.3], [0.3, 0.2]], [0.9, 0.1], .minimize, .continue),
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [.nan, .nan], .maximize, .stop),
    ([[.nan, .nan], [.nan, .nan], [.nan, .nan]], [0.1, 0.1], .maximize, .continue),
    ([[0.5], [0.6], [0.7]], [0.1], .maximize, .continue),  // warm-up
  ]

  @Test(arguments: medianTable)
  func median(others: [[Double]], curve: [Double], goal: Objective.Goal, expected: Decision) throws {
    var scheduler = MedianStopping(startup: 3, warmup: 1)
    #expect(try decisions(of: &scheduler, others + [curve], goal).last == expected)
  }

  @Test func fifoNeverStops() throws {
    var scheduler = FirstInFirstOut()
    #expect(try decisions(of: &scheduler, [[1, 2], [0, 0], [.nan]], .maximize).allSatisfy { $0 == .continue })
  }

  @Test func catalogRefuses() {
    #expect(throws: AlgorithmError.unknown(kind: "scheduler", name: "medain", known: SchedulerCatalog.names)) {
      try SchedulerCatalog.make(AlgorithmChoice("medain"))
    }
    #expect(throws: AlgorithmError.unknownOption(algorithm: "fifo", option: "warmup", known: [])) {
      try SchedulerCatalog.make(AlgorithmChoice("fifo", options: ["warmup": 3]))
    }
  }

  private func decisions(of scheduler: inout some Scheduler, _ curves: [[Double]], _ goal: Objective.Goal) throws -> [Decision] {
    let space = try SearchSpace([Parameter("x", .bool)])
    var history = History(space: space, objective: Objective(metric: "m", goal: goal))
    var decisions: [Decision] = []
    for (index, curve) in curves.enumerated() {
      let id = TrialID(index + 1)
      history.append(Trial(id: id, configuration: Configuration(["x": true]), proposer: "test"))
      for (step, value) in curve.enumerated() {
        let report = Report(step: step + 1, metrics: ["m": value], elapsed: 1)
        history[id].reports.append(report)
        decisions.append(scheduler.decide(after: report, of: history[id], in: history))
      }
    }
    return decisions
  }
}
