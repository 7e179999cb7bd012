@testable import Attune
import Testing

@Suite struct ReportLogTests {
  private func log(_ count: Int, capacity: Int = 1000) -> ReportLog {
    var log = ReportLog(capacity: capacity)
    for step in 0..<count { log.append(step: step + 1, metrics: [:], elapsed: 0) }
    return log
  }

  @Test func windowMovesWithTheAcknowledgement() {
    var log = log(10)
    #expect(log.takeUnsent(window: 4).map(\.n) == [1, 2, 3, 4])
    #expect(log.takeUnsent(window: 4).isEmpty)
    log.acknowledge(through: 3)
    #expect(log.takeUnsent(window: 4).map(\.n) == [5, 6, 7])
    log.acknowledge(through: 99)
    #expect(!log.isAcknowledged, "what was not sent cannot be acknowledged")
    #expect(log.takeUnsent(window: 4).map(\.n) == [8, 9, 10])
    log.acknowledge(through: 10)
    #expect(log.isAcknowledged)
  }

  @Test func greetingGoesBackToWhatIsNotKept() {
    var log = log(5)
    log.greeted(acknowledged: 0)
    _ = log.takeUnsent(window: 100)
    log.acknowledge(through: 2)
    log.greeted(acknowledged: 3)
    #expect(log.takeUnsent(window: 100).map(\.n) == [4, 5])
  }

  @Test func oldestIsForgottenAndTheGapIsVisible() {
    var log = log(250, capacity: 100)
    #expect(log.forgotten == 150)
    #expect(log.takeUnsent(window: 1000).map(\.n) == Array(151...250))
    #expect(log.from(1).map(\.step).first == 151)
  }
}
