import AttuneMath

/// Which of very many trials a model looks at: a quarter are the best, a quarter the newest, a quarter those most like the best one, and
/// the others lie as far from all of these, and from one another, as there are any.
///
/// The time of a model grows with the square of its trials, what it knows near the good ones does not; and a bad region must not look
/// unknown.
enum Digest {
  /// As many as are looked at in the tenth of a second.
  static let most = 512

  /// Indices of the points that are looked at, ascending: all, when there are no more than `most`; else so many.
  /// - Parameters:
  ///   - order: indices of the points, the best first.
  ///   - covariance: says how alike points are.
  /// - Complexity: `most` rows of covariances with all points.
  static func indices(
    of points: [[Double]], bestFirst order: [Int], _ covariance: Covariance, isUnordered: [Bool], most: Int
  ) -> [Int] {
    guard points.count > most else { return Array(points.indices) }
    let all = ModelPoints(points, isUnordered: isUnordered)
    let share = most / 4
    let likeness = covariance.row(of: points[order[0]], with: all).values
    var chosen = Set(order.prefix(share))
    chosen.formUnion(points.indices.suffix(share))
    let others = points.indices.filter { !chosen.contains($0) }
    chosen.formUnion(others.sorted { (-likeness[$0], $0) < (-likeness[$1], $1) }.prefix(share))
    // How like the nearest chosen one every point is.
    var nearest = [Double](repeating: 0, count: points.count)
    func choose(_ index: Int) {
      chosen.insert(index)
      let row = covariance.row(of: points[index], with: all).values
      for other in nearest.indices { nearest[other] = max(nearest[other], row[other]) }
    }
    for index in chosen.sorted() { choose(index) }
    while chosen.count < most, let farthest = others.filter({ !chosen.contains($0) }).min(by: { nearest[$0] < nearest[$1] }) {
      choose(farthest)
    }
    return chosen.sorted()
  }
}
