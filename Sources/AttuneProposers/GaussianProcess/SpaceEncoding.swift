import AttuneCore
import AttuneMath

/// A search space as a model sees it: one axis for each parameter, and one for each condition, which says whether it holds.
///
/// An absent parameter stands in the middle of its axis: two configurations of which one has it and the other has not then differ by
/// where it stands and by the condition's own axis, whose weight is learned; two that both lack it do not differ. (A dissimilarity that is
/// the same wherever the parameter stands is no squared distance of any points, and a covariance of it need not be positive.)
struct SpaceEncoding: Sendable {
  let space: SearchSpace
  let axes: [Axis]
  /// Coordinates of the values of discrete axes that may be proposed, in order; `nil` for continuous ones.
  let grids: [[Double]?]
  /// For each distinct condition a parameter that has it.
  private let conditioned: [Int]
  /// For each parameter the place of its condition among them.
  private let conditions: [Int?]
  /// Whether any point of the unit cube is a configuration.
  let isBox: Bool

  init(_ space: SearchSpace) {
    self.space = space
    axes = space.axes
    grids = space.parameters.map { $0.units?.sorted() }
    var seen: [Expression] = []
    var conditioned: [Int] = []
    conditions = space.parameters.enumerated().map { index, parameter in
      guard let condition = parameter.condition else { return nil }
      if let known = seen.firstIndex(of: condition) { return known }
      seen.append(condition)
      conditioned.append(index)
      return seen.count - 1
    }
    self.conditioned = conditioned
    isBox = conditioned.isEmpty && space.constraints.isEmpty
  }

  /// For each axis of the model whether it has an order.
  var isUnordered: [Bool] { axes.map { if case .unordered = $0.kind { true } else { false } } + conditioned.map { _ in false } }

  /// The model's point for coordinates, and whether each parameter is there.
  func features(of point: [Double], isActive: [Bool]) -> [Double] {
    var features = point
    for (axis, grid) in grids.enumerated() where isActive[axis] {
      if case .unordered(let count) = axes[axis].kind, grid != nil { features[axis] = (point[axis] * Double(count)).rounded(.down) }
    }
    for index in axes.indices where !isActive[index] { features[index] = 0.5 }
    return features + conditioned.map { isActive[$0] ? 1 : 0 }
  }

  /// The nearest coordinates that are values and may be proposed, with the model's point; `nil` where a constraint is broken.
  func candidate(at point: [Double]) -> Candidate? {
    let snapped = point.indices.map { snap(point[$0], on: $0) }
    if isBox {
      return Candidate(point: snapped, features: features(of: snapped, isActive: [Bool](repeating: true, count: axes.count)))
    }
    let configuration = space.configuration(at: snapped)
    guard space.satisfiesConstraints(configuration) else { return nil }
    let isActive = space.parameters.map { configuration[$0.name] != nil }
    return Candidate(point: snapped, features: features(of: snapped, isActive: isActive))
  }

  /// Whether a point of the model has a parameter.
  func isPresent(_ axis: Int, in features: [Double]) -> Bool {
    guard let condition = conditions[axis] else { return true }
    return features[axes.count + condition] == 1
  }

  /// All points that may be proposed, when they are that few; `nil` when there are more, or infinitely many.
  func everyPoint(upTo most: Int) -> [[Double]]? {
    guard grids.allSatisfy({ $0 != nil }) else { return nil }
    var points: [[Double]] = [[]]
    for grid in grids {
      guard let grid, points.count * grid.count <= most else { return nil }
      points = points.flatMap { point in grid.map { point + [$0] } }
    }
    return points
  }

  /// A coordinate drawn evenly from those that may be proposed.
  func draw(on axis: Int, using random: inout RandomStream) -> Double {
    let range = axes[axis].range
    if case .unordered = axes[axis].kind, let grid = grids[axis] {
      return grid[min(Int(random.nextUnit() * Double(grid.count)), grid.count - 1)]
    }
    return range.lowerBound + random.nextUnit() * (range.upperBound - range.lowerBound)
  }

  private func snap(_ coordinate: Double, on axis: Int) -> Double {
    let range = axes[axis].range
    let inside = min(max(coordinate, range.lowerBound), range.upperBound)
    guard let grid = grids[axis] else { return inside }
    return grid[Self.place(of: inside, in: grid)]
  }

  /// The place of the value nearest to a coordinate.
  static func place(of coordinate: Double, in grid: [Double]) -> Int {
    var low = 0, high = grid.count - 1
    while low < high {
      let middle = (low + high) / 2
      if grid[middle] + grid[middle + 1] > 2 * coordinate { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// A point that may be proposed.
struct Candidate: Sendable {
  /// Its coordinates in the unit cube.
  let point: [Double]
  /// The model's point.
  let features: [Double]
}
