/// Which points of several objectives are better than which. Every objective is minimised.
public enum ParetoRanking {
  /// Whether `point` is nowhere worse than `other` and somewhere better.
  /// - Precondition: as many objectives in both.
  public static func dominates(_ point: [Double], _ other: [Double]) -> Bool {
    precondition(point.count == other.count, "points have as many objectives; got \(point.count) and \(other.count)")
    var isBetter = false
    for index in point.indices {
      if point[index] > other[index] { return false }
      if point[index] < other[index] { isBetter = true }
    }
    return isBetter
  }

  /// Nondominated sorting: the first front is what no point dominates, the next what no point dominates once the first is gone.
  ///
  /// Equal points share a front.
  /// - Parameter points: a row a point, a column an objective; no nan.
  /// - Returns: indices into `points`, ascending within a front; each index once.
  /// - Complexity: O(n log n) for one or two objectives m, else O(m n²) at worst.
  ///
  /// Source: Zhang, Tian, Cheng and Jin, "An efficient approach to nondominated sorting for evolutionary multiobjective optimization"
  /// (IEEE TEVC 2015), with binary search; for two objectives a front's last point stands for all of it (Jensen, IEEE TEVC 2003).
  public static func fronts(of points: [[Double]]) -> [[Int]] {
    var fronts: [[Int]] = []
    for index in lexicographic(points) {
      // A point dominated in one front is dominated in every front before it, so the first front with room is found by halving.
      var lower = 0
      var upper = fronts.count
      while lower < upper {
        let middle = (lower + upper) / 2
        if isDominated(points[index], by: fronts[middle], of: points) { lower = middle + 1 } else { upper = middle }
      }
      if lower == fronts.count { fronts.append([index]) } else { fronts[lower].append(index) }
    }
    return fronts.map { $0.sorted() }
  }

  /// The first front alone: the points that no point dominates.
  /// - Returns: indices into `points`, ascending.
  /// - Complexity: O(n log n) for one or two objectives m, else O(m n f) with f points in the front.
  public static func front(of points: [[Double]]) -> [Int] {
    var front: [Int] = []
    for index in lexicographic(points) where !isDominated(points[index], by: front, of: points) { front.append(index) }
    return front.sorted()
  }

  /// How much room a point of a front has around it: the distance between its neighbours, as shares of the front's extent, summed over
  /// the objectives.
  /// - Parameter front: a row a point.
  /// - Returns: one number for each point, infinite for the ends of any objective.
  ///
  /// Source: Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II" (IEEE TEVC 2002), III.B.
  public static func crowding(of front: [[Double]]) -> [Double] {
    var distances = [Double](repeating: 0, count: front.count)
    for objective in front.first?.indices ?? 0..<0 {
      let order = front.indices.sorted { (front[$0][objective], $0) < (front[$1][objective], $1) }
      guard let first = order.first, let last = order.last else { continue }
      distances[first] = .infinity
      distances[last] = .infinity
      let extent = front[last][objective] - front[first][objective]
      guard extent > 0, order.count > 2 else { continue }
      for place in 1..<(order.count - 1) {
        distances[order[place]] += (front[order[place + 1]][objective] - front[order[place - 1]][objective]) / extent
      }
    }
    return distances
  }

  /// A point can only be dominated by one that stands before it in this order.
  private static func lexicographic(_ points: [[Double]]) -> [Int] {
    precondition(points.allSatisfy { $0.count == points[0].count }, "points have as many objectives")
    return points.indices.sorted { left, right in
      for (a, b) in zip(points[left], points[right]) where a != b { return a < b }
      return left < right
    }
  }

  /// - Parameter front: points that stand before this one in lexicographic order, in that order, none dominating another.
  private static func isDominated(_ point: [Double], by front: [Int], of points: [[Double]]) -> Bool {
    // With two objectives the later ones of a front are the lower ones in the second objective: nobody dominates where the last does not.
    guard point.count > 2 else { return front.last.map { dominates(points[$0], point) } ?? false }
    return front.reversed().contains { dominates(points[$0], point) }
  }
}
