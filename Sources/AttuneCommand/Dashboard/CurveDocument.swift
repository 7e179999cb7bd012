import AttuneDashboard
import AttuneStore
import AttuneValues

/// Curves for a chart: where there are more points than it shows, the first, last, lowest and highest of each stretch, so that no peak is lost.
struct CurveDocument {
  private let query: CurveQuery

  init(_ query: CurveQuery) { self.query = query }

  func json(of record: ExperimentRecord, in store: Store) throws -> JSON {
    ["curves": .array(try query.trials.map { try curve(of: $0, try store.reports(of: $0, in: record.id)) })]
  }

  private func curve(of trial: Int, _ reports: [StoreNews.NewReport]) throws -> JSON {
    // What an attempt reported again takes the place of what it had reported, and of what came behind that.
    var points: [Point] = []
    for report in reports {
      while let last = points.last, last.step >= report.step { points.removeLast() }
      guard let value = report.metrics[query.metric]?.double else { continue }
      points.append(Point(step: report.step, x: query.isByTime ? report.elapsed : Double(report.step), y: value))
    }
    let all = points.filter { query.range.contains($0.x) }
    let shown = Self.thinned(all, to: query.points)
    return [
      "trial": .int(trial), "x": .array(shown.map { .number($0.x) }), "y": .array(shown.map { .number($0.y) }),
      "isWhole": .bool(shown.count == all.count),
    ]
  }

  /// A point of a curve.
  struct Point: Hashable {
    let step: Int
    let x: Double
    let y: Double
  }

  /// - Parameter limit: at least 4.
  static func thinned(_ points: [Point], to limit: Int) -> [Point] {
    guard points.count > limit else { return points }
    let stretches = max(1, limit / 4)
    return (0..<stretches).flatMap { stretch -> [Point] in
      let part = (stretch * points.count / stretches)..<((stretch + 1) * points.count / stretches)
      guard !part.isEmpty else { return [] }
      var kept: Set<Int> = [part.lowerBound, part.upperBound - 1]
      // One that is not finite is neither; it is kept where it stands at an end.
      let finite = part.filter { points[$0].y.isFinite }
      if let lowest = finite.min(by: { points[$0].y < points[$1].y }) { kept.insert(lowest) }
      if let highest = finite.max(by: { points[$0].y < points[$1].y }) { kept.insert(highest) }
      return kept.sorted().map { points[$0] }
    }
  }
}
