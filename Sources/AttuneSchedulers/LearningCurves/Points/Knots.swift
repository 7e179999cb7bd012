/// Positions at which something smooth is evaluated instead of at all that were asked.
struct Knots: Sendable {
  /// The positions to evaluate, ascending: all, or as many as the limit, the first and the last among them.
  let positions: [Double]
  private let asked: [Double]

  /// - Parameter asked: ascending.
  /// - Precondition: the limit is 2 or more.
  init(_ asked: [Double], limit: Int) {
    precondition(limit >= 2, "a line needs two ends; got a limit of \(limit)")
    self.asked = asked
    positions = asked.count <= limit ? asked : (0..<limit).map { asked[$0 * (asked.count - 1) / (limit - 1)] }
  }

  /// The values at all that were asked, on straight lines between those at the positions. Nothing stays nothing.
  func spread(_ values: [Double]) -> [Double] {
    guard !values.isEmpty, positions.count < asked.count else { return values }
    var left = 0
    return asked.map { position in
      while left + 2 < positions.count, positions[left + 1] < position { left += 1 }
      let share = (position - positions[left]) / (positions[left + 1] - positions[left])
      return values[left] + share * (values[left + 1] - values[left])
    }
  }
}
