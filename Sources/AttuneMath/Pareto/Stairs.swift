/// The area that points of two objectives dominate up to a reference, kept while points come.
struct Stairs {
  private let reference: (x: Double, y: Double)
  /// Ascending in x, descending in y: none dominates another.
  private var steps: [(x: Double, y: Double)] = []
  /// The dominated area.
  private(set) var area = 0.0

  init(reference: (x: Double, y: Double)) { self.reference = reference }

  /// - Precondition: better than the reference in both.
  /// - Complexity: O(log n) to find its place, O(n) to make room.
  mutating func add(_ x: Double, _ y: Double) {
    let place = firstIndex(notBefore: x)
    if place < steps.count, steps[place].x == x, steps[place].y <= y { return }
    let top = place > 0 ? steps[place - 1].y : reference.y
    if top <= y { return }
    // From here to the right the new step is lower, as far as the first step that is lower still.
    var end = place
    var left = x
    var ceiling = top
    while end < steps.count, steps[end].y >= y {
      area += (steps[end].x - left) * (ceiling - y)
      (left, ceiling) = (steps[end].x, steps[end].y)
      end += 1
    }
    area += ((end < steps.count ? steps[end].x : reference.x) - left) * (ceiling - y)
    steps.replaceSubrange(place..<end, with: [(x, y)])
  }

  private func firstIndex(notBefore x: Double) -> Int {
    var lower = 0
    var upper = steps.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if steps[middle].x < x { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}
