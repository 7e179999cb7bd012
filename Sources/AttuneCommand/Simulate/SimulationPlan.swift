import AttuneCore
import AttuneSimulator
import Foundation

/// What is simulated: every scheduler in every repeat.
struct SimulationPlan: Sendable {
  let workload: Workload
  let conditions: Conditions
  /// By repeat.
  let orders: [[Int]]
  let order: ConfigurationOrder
  let schedulers: [SchedulerList.Entry]
  let seed: UInt64

  /// Runs everything, several at a time: which finishes first changes nothing.
  /// - Returns: by scheduler, then by repeat.
  /// - Throws: `SimulationError` before anything runs.
  func runs(jobs: Int?) async throws -> [[SimulatedRun]] {
    let places = schedulers.indices.flatMap { scheduler in orders.indices.map { (scheduler, $0) } }
    var done: [[SimulatedRun?]] = schedulers.map { _ in orders.map { _ in nil } }
    try await withThrowingTaskGroup(of: (Int, Int, SimulatedRun).self) { group in
      var waiting = places[...]
      for _ in 0..<min(places.count, jobs ?? ProcessInfo.processInfo.activeProcessorCount) { add(&waiting, to: &group) }
      while let (scheduler, repetition, run) = try await group.next() {
        done[scheduler][repetition] = run
        add(&waiting, to: &group)
      }
    }
    return done.map { $0.compactMap(\.self) }
  }

  private func add(_ waiting: inout ArraySlice<(Int, Int)>, to group: inout ThrowingTaskGroup<(Int, Int, SimulatedRun), any Error>) {
    guard let (scheduler, repetition) = waiting.popFirst() else { return }
    group.addTask { (scheduler, repetition, try run(scheduler, repetition)) }
  }

  private func run(_ scheduler: Int, _ repetition: Int) throws -> SimulatedRun {
    let entry = schedulers[scheduler]
    return try SimulatedExperiment(
      workload, order: orders[repetition], scheduler: entry.scheduler, called: entry.choice, conditions: conditions,
      repetition: repetition, seed: seed
    ).finished()
  }
}
