import AttuneCore
import AttuneMath
import AttuneTraces

@testable import AttuneSimulator

/// Small traces for tests.
enum Workloads {
  /// Trial i has these values at steps 1, 2, …, each step taking `seconds[i]`.
  static func trace(_ values: [[Double]], seconds: [Double]) -> Trace {
    Trace(
      metrics: ["accuracy"],
      trials: values.enumerated().map { index, values in
        TracedTrial(
          name: "c\(index)", steps: Array(1...values.count), seconds: (1...values.count).map { Double($0) * seconds[index] },
          metrics: ["accuracy": values])
      })
  }

  static func workload(_ values: [[Double]], seconds: [Double], target: Double? = nil, steps: Int? = nil) throws -> Workload {
    try Workload(trace(values, seconds: seconds), objective: Objective(metric: "accuracy", goal: .maximize, target: target), steps: steps)
  }

  /// Curves that rise to a limit of their own, some of them late.
  static func random(_ count: Int, steps: Int, seed: UInt64, target: Double? = nil) throws -> Workload {
    var random = RandomStream(seed: seed, purpose: "workload", index: 0)
    var seconds: [Double] = []
    let values = (0..<count).map { _ in
      let (limit, pace) = (random.nextUnit(), 0.1 + random.nextUnit())
      seconds.append(0.5 + random.nextUnit())
      return (1...steps).map { step in
        let reached: Double = limit * (1 - 1 / (1 + pace * Double(step)))
        return reached + 0.02 * random.nextUnit()
      }
    }
    return try workload(values, seconds: seconds, target: target)
  }
}

extension Workload {
  /// Plays all configurations in the order of the trace.
  func run(_ scheduler: any Scheduler, _ conditions: Conditions = Conditions(), order: [Int]? = nil, seed: UInt64 = 0) throws
    -> SimulatedRun
  {
    try SimulatedExperiment(
      self, order: order ?? Array(0..<count), scheduler: scheduler, called: AlgorithmChoice("test"), conditions: conditions, seed: seed
    ).finished()
  }
}

/// Every trial gives up its slot after every report, and the one that has waited longest goes on.
struct RoundRobin: Scheduler {
  private var waiting: [TrialID] = []

  mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id): return [.suspend(id)]
    case .suspended(let id): waiting.append(id)
    case .ended(let id): waiting.removeAll { $0 == id }
    case .predicted, .stayed, .adopted, .notAdopted: break
    }
    return []
  }

  mutating func next(in situation: Situation) -> Next {
    if situation.canStartFresh { return .fresh }
    guard let index = waiting.firstIndex(where: situation.held.contains) else { return .nothing }
    return .resume(waiting.remove(at: index))
  }
}
