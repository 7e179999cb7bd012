import AttuneCore
import AttuneMath
import AttuneSchedulers
import Testing

@testable import AttuneSimulator

/// What the scheduler of prospects makes of curves whose early ranks last, and of curves whose ranks turn.
@Suite struct ProspectTests {
  private static let steps = 32

  /// Fifty configurations of which the 37th reaches 0.9.
  /// - Parameter ranksLast: whether the best one leads from the start, or from the last quarter on, coming from anywhere.
  private static func workload(ranksLast: Bool, seed: UInt64) throws -> Workload {
    var random = RandomStream(seed: seed, purpose: "prospects", index: 0)
    let values = (1...50).map { trial in
      let isBest = trial == 37
      let start = ranksLast ? (isBest ? 0.6 : 0.1 + 0.4 * random.nextUnit()) : 0.2 + 0.4 * random.nextUnit()
      return (1...steps).map { step in
        let end = isBest && (ranksLast || step > 3 * steps / 4) ? 0.93 : start + 0.2
        return start + (end - start) * octaves(step) / 5 + 0.005 * random.nextUnit()
      }
    }
    return try Workloads.workload(values, seconds: values.map { _ in 1 }, target: 0.9)
  }

  private static func octaves(_ step: Int) -> Double { Double(Int.bitWidth - step.leadingZeroBitCount - 1) }

  private func seconds(_ scheduler: any Scheduler, ranksLast: Bool) throws -> Double {
    var conditions = Conditions()
    conditions.slots = 2
    return try (1...3 as ClosedRange<UInt64>).reduce(0) { sum, seed in
      let run = try Self.workload(ranksLast: ranksLast, seed: seed).run(scheduler, conditions, seed: seed)
      return try sum + #require(run.timeToTarget)
    }
  }

  @Test func whereEarlyRanksLastItIsMuchFasterThanFifo() throws {
    #expect(try seconds(ProspectScheduling(), ranksLast: true) < 0.5 * seconds(FirstInFirstOut(), ranksLast: true))
  }

  /// No scheduler can know better here than to let trials come to their end.
  @Test func whereRanksTurnLateItFindsTheTargetAndIsNotMuchSlower() throws {
    #expect(try seconds(ProspectScheduling(), ranksLast: false) < 1.5 * seconds(FirstInFirstOut(), ranksLast: false))
  }
}
