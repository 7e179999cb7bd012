/// The volume between a set of points and a reference point that is worse than all of them: the measure of a whole front, larger being
/// better. Every objective is minimised; exact, up to rounding.
public enum Hypervolume {
  /// The volume that at least one of the points dominates, up to the reference.
  /// - Parameters:
  ///   - points: a row a point, a column an objective, in any order; finite. Points not better than the reference in every objective
  ///     add nothing.
  ///   - reference: one value for each objective; finite.
  /// - Returns: 0 for no points.
  /// - Complexity: O(n log n) for two objectives, O(n²) at worst for three; exponential in the number of objectives beyond.
  ///
  /// Two objectives are swept along the first, three along the third. More are cut into slices along the last objective, each slice being
  /// what one point dominates alone: While, Bradstreet and Barone, "A fast way of calculating exact hypervolumes" (IEEE TEVC 2012).
  public static func value(of points: [[Double]], reference: [Double]) -> Double {
    precondition(points.allSatisfy { $0.count == reference.count }, "a point has as many objectives as the reference: \(reference.count)")
    let inside = points.filter { zip($0, reference).allSatisfy { $0 < $1 } }
    return inside.isEmpty ? 0 : volume(of: inside, below: reference[...])
  }

  /// For each point the volume that it alone dominates: what the whole would lose without it. 0 for a dominated point and for one that is
  /// there twice.
  /// - Parameters: as for `value(of:reference:)`.
  /// - Complexity: O(n log n) for a front of two objectives, else n times that of `value(of:reference:)`.
  public static func contributions(of points: [[Double]], reference: [Double]) -> [Double] {
    precondition(points.allSatisfy { $0.count == reference.count }, "a point has as many objectives as the reference: \(reference.count)")
    if reference.count == 2, ParetoRanking.front(of: points).count == points.count { return rectangles(of: points, reference) }
    return points.indices.map { index in
      let point = points[index]
      guard zip(point, reference).allSatisfy({ $0 < $1 }) else { return 0 }
      let others = points.indices.lazy.filter { $0 != index }.map { points[$0] }
      return exclusive(point, among: others, below: reference[...])
    }
  }

  /// - Parameter points: at least one, all better than the reference in every objective; columns beyond the reference's are ignored.
  private static func volume(of points: [[Double]], below reference: ArraySlice<Double>) -> Double {
    switch reference.count {
    case 0: return 1
    case 1: return reference[0] - (points.lazy.map { $0[0] }.min() ?? reference[0])
    case 2: return area(of: points, reference)
    case 3: return sweep(points, reference)
    default: return slices(points, reference)
    }
  }

  private static func area(of points: [[Double]], _ reference: ArraySlice<Double>) -> Double {
    var total = 0.0
    var floor = reference[1]
    for point in points.sorted(by: { $0[0] < $1[0] }) where point[1] < floor {
      total += (reference[0] - point[0]) * (floor - point[1])
      floor = point[1]
    }
    return total
  }

  /// Goes up along the third objective; between two points the area that those below dominate stays as it is.
  private static func sweep(_ points: [[Double]], _ reference: ArraySlice<Double>) -> Double {
    var stairs = Stairs(reference: (reference[0], reference[1]))
    var total = 0.0
    var height = reference[2]
    for point in points.sorted(by: { $0[2] < $1[2] }) {
      total += stairs.area * max(0, point[2] - height)
      stairs.add(point[0], point[1])
      height = point[2]
    }
    return total + stairs.area * (reference[2] - height)
  }

  /// In descending order of the last objective every point's part of it reaches as far as its own value, so what a point has alone among
  /// those after it is a prism over what it has alone in one objective less.
  private static func slices(_ points: [[Double]], _ reference: ArraySlice<Double>) -> Double {
    let last = reference.count - 1
    let ordered = points.sorted { $0[last] > $1[last] }
    var total = 0.0
    for (place, point) in ordered.enumerated() {
      total += (reference[last] - point[last]) * exclusive(point, among: ordered[(place + 1)...], below: reference.dropLast())
    }
    return total
  }

  /// What `point` dominates and none of the others does.
  private static func exclusive(_ point: [Double], among others: some Sequence<[Double]>, below reference: ArraySlice<Double>) -> Double {
    let whole = zip(point, reference).reduce(1) { $0 * ($1.1 - $1.0) }
    var limited: [[Double]] = []
    for other in others {
      let corner = reference.indices.map { max(point[$0], other[$0]) }
      if zip(corner, reference).allSatisfy({ $0 < $1 }) { limited.append(corner) }
    }
    guard !limited.isEmpty else { return whole }
    if reference.count > 3 { limited = ParetoRanking.front(of: limited).map { limited[$0] } }
    return max(0, whole - volume(of: limited, below: reference))
  }

  /// What each point of a front of two objectives has alone: the rectangle between its neighbours.
  private static func rectangles(of front: [[Double]], _ reference: [Double]) -> [Double] {
    let order = front.indices.sorted { (front[$0][0], $0) < (front[$1][0], $1) }
    var areas = [Double](repeating: 0, count: front.count)
    for (place, index) in order.enumerated() {
      let right = place + 1 < order.count ? min(front[order[place + 1]][0], reference[0]) : reference[0]
      let top = place > 0 ? min(front[order[place - 1]][1], reference[1]) : reference[1]
      areas[index] = max(0, right - front[index][0]) * max(0, top - front[index][1])
    }
    return areas
  }
}
