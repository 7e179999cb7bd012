import AttuneDashboard
import AttuneValues
import Synchronization

/// A source of numbered entries, and a steering that remembers, for tests.
final class TableSource: DashboardSource, DashboardSteering {
  private let state = Mutex((entries: 0, state: "running", isBusy: false, moves: [DashboardMove]()))
  private let limit: Int

  init(limit: Int = 1000) { self.limit = limit }

  var moves: [DashboardMove] { state.withLock { $0.moves } }

  func grow(by count: Int) { state.withLock { $0.entries += count } }
  func end() { state.withLock { $0.state = "completed" } }
  /// Whether every question fails for now.
  func setBusy(_ isBusy: Bool) { state.withLock { $0.isBusy = isBusy } }

  func answer(_ question: DashboardQuestion) throws(DashboardError) -> JSON {
    switch question {
    case .experiments: return ["experiments": [["name": "<img onerror>"]]]
    case .log: return "what it wrote"
    case .snapshot(let name):
      try check(name)
      return ["name": .string(name), "cursor": .int(state.withLock { $0.entries })]
    default: throw DashboardError(.failed, "not in this table")
    }
  }

  func pulse(of experiment: String) throws(DashboardError) -> DashboardPulse {
    try check(experiment)
    return state.withLock { DashboardPulse(cursor: $0.entries, state: $0.state) }
  }

  func news(of experiment: String, after cursor: Int) throws(DashboardError) -> DashboardNews? {
    try check(experiment)
    let (last, words) = state.withLock { ($0.entries, $0.state) }
    guard last - cursor <= limit else { return nil }
    let reports = cursor < last ? ((cursor + 1)...last).map(JSON.int) : []
    return DashboardNews(cursor: last, document: ["cursor": .int(last), "state": .string(words), "reports": .array(reports)])
  }

  func perform(_ move: DashboardMove, on experiment: String) async throws(DashboardError) -> JSON {
    state.withLock { $0.moves.append(move) }
    guard move.parameters["values"] != ["lr": "abc"] else { throw DashboardError(.badInput, "'lr' takes a number. Nothing was changed.") }
    return ["number": .int(moves.count)]
  }

  private func check(_ name: String) throws(DashboardError) {
    if state.withLock({ $0.isBusy }) { throw DashboardError(.failed, "the disk is busy") }
    guard name == "e" else { throw DashboardError(.unknown, "experiment '\(name)' is not here") }
  }
}
