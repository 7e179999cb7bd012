import AttuneCore
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneSchedulers

@Suite struct SchedulerTests {
  /// Curves that came before, the curve under test, what is decided at its last report.
  static let medianTable: [([[Double]], [Double], Objective.Goal, Bool)] = [
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [0.1, 0.2], .maximize, true),
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [0.1, 0.66], .maximize, false),
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [0.66, 0.1], .maximize, false),  // its best counts
    ([[0.5, 0.6], [0.6, 0.7]], [0.1, 0.2], .maximize, false),  // too few others
    ([[0.5, 0.6], [0.6, 0.7], [0.7]], [0.1, 0.2], .maximize, false),  // one did not come so far
    ([[0.5, 0.4], [0.4, 0.3], [0.3, 0.2]], [0.9, 0.8], .minimize, true),
    ([[0.5, 0.4], [0.4, 0.3], [0.3, 0.2]], [0.9, 0.1], .minimize, false),
    ([[0.5, 0.6], [0.6, 0.7], [0.7, 0.8]], [.nan, .nan], .maximize, true),
    ([[.nan, .nan], [.nan, .nan], [.nan, .nan]], [0.1, 0.1], .maximize, false),
    ([[0.5], [0.6], [0.7]], [0.1], .maximize, false),  // warm-up
  ]

  @Test(arguments: medianTable)
  func median(others: [[Double]], curve: [Double], goal: Objective.Goal, isStopped: Bool) throws {
    var scheduler = MedianStopping(startup: 3, warmup: 1)
    #expect(try SchedulerStand.stops(by: &scheduler, others + [curve], goal).last == isStopped)
  }

  @Test func fifoNeverStops() throws {
    var scheduler = FirstInFirstOut()
    #expect(try !SchedulerStand.stops(by: &scheduler, [[1, 2], [0, 0], [.nan]], .maximize).contains(true))
  }

  @Test func catalogRefuses() {
    #expect(throws: AlgorithmError.unknown(kind: "scheduler", name: "medain", known: SchedulerCatalog.names)) {
      try SchedulerCatalog.make(AlgorithmChoice("medain"))
    }
    #expect(throws: AlgorithmError.unknownOption(algorithm: "fifo", option: "warmup", known: [])) {
      try SchedulerCatalog.make(AlgorithmChoice("fifo", options: ["warmup": 3]))
    }
  }

  @Test(arguments: SchedulerCatalog.names) func contract(name: String) throws {
    try SchedulerContract.check(name: name) { try SchedulerCatalog.make(AlgorithmChoice(name)) }
  }
}
