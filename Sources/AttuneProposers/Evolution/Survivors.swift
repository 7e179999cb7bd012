import AttuneCore
import AttuneMath

/// The best ended trials by constrained domination, best first: what keeps every constraint comes front by front, within a front by the
/// room around it; then what breaks them, the least first; then what failed.
///
/// Source: Deb et al., NSGA-II (2002), III and VI.
struct Survivors: Sequence {
  private let chosen: [Observation]

  /// - Complexity: that of `ParetoRanking.fronts` of all ended trials.
  init(_ observations: [Observation], atMost count: Int) {
    let ended = observations.filter(\.isEvidence)
    let feasible = ended.filter(\.isFeasible)
    var best: [Observation] = []
    for front in ParetoRanking.fronts(of: feasible.map(\.values)) where best.count < count {
      let room = ParetoRanking.crowding(of: front.map { feasible[$0].values })
      let order = front.indices.sorted { (room[$0], front[$1]) > (room[$1], front[$0]) }
      best += order.map { feasible[front[$0]] }
    }
    if best.count < count {
      let broken = ended.filter { !$0.isFeasible && $0.value != nil }.map { ($0, $0.violations.reduce(0, +)) }
      best += broken.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
    }
    if best.count < count { best += ended.filter { $0.value == nil } }
    chosen = Array(best.prefix(count))
  }

  func makeIterator() -> IndexingIterator<[Observation]> { chosen.makeIterator() }
}

extension Observation {
  /// All objectives, to be minimised; empty while pending, or when failed.
  fileprivate var values: [Double] { if case .values(let values) = outcome { values } else { [] } }
}
