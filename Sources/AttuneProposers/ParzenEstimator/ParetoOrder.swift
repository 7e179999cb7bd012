import AttuneMath

/// The best of some points of several objectives: front after front, within a front by what each adds to the dominated volume.
///
/// Objectives are replaced by their ranks, so that neither units nor huge values matter.
/// Source: Ozaki, Tanigaki, Watanabe and Onishi, "Multiobjective tree-structured Parzen estimator" (JAIR 2022).
enum ParetoOrder {
  /// The volume is exact but dear: larger fronts, and more objectives, are told apart by the room around each point.
  private static let volumeLimit = (points: 100, objectives: 3)

  /// - Parameter points: a row a point, a column an objective to be minimised; two or more objectives.
  /// - Returns: indices into `points`, best first, at most `count`.
  static func best(_ count: Int, of points: [[Double]]) -> [Int] {
    let ranks = ranked(points)
    var best: [Int] = []
    for front in ParetoRanking.fronts(of: ranks) where best.count < count {
      let worths = worths(of: front.map { ranks[$0] })
      let order = front.indices.sorted { (-worths[$0], front[$0]) < (-worths[$1], front[$1]) }
      best += order.prefix(count - best.count).map { front[$0] }
    }
    return best
  }

  private static func worths(of front: [[Double]]) -> [Double] {
    guard front.count <= volumeLimit.points, let objectives = front.first?.count, objectives <= volumeLimit.objectives else {
      return ParetoRanking.crowding(of: front)
    }
    return Hypervolume.contributions(of: front, reference: [Double](repeating: 1.1, count: objectives))
  }

  /// Each value as its rank among its objective's, in 0...1; equal values have equal ranks.
  private static func ranked(_ points: [[Double]]) -> [[Double]] {
    var ranks = points
    for objective in points.first?.indices ?? 0..<0 {
      let order = points.indices.sorted { points[$0][objective] < points[$1][objective] }
      var rank = 0
      for (place, index) in order.enumerated() {
        if place > 0, points[index][objective] > points[order[place - 1]][objective] { rank = place }
        ranks[index][objective] = Double(rank) / Double(points.count)
      }
    }
    return ranks
  }
}
