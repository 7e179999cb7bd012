#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Minimises a smooth function of a few dozen variables within bounds: limited-memory BFGS, in which variables that a step would push
/// over their bound stand still.
///
/// When not to use it: for functions with kinks or noise, and where the least value far away matters: it goes downhill from where it starts.
/// Source: Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4 and 16.5 (projected search).
public struct BoundedMinimizer: Sendable {
  /// Steps at most.
  public var steps: Int
  /// It ends when a step improves the value by less than this.
  public var tolerance: Double
  /// Pairs of differences that are remembered.
  public var memory = 8
  /// No variable moves further in one step; `nil` for no limit.
  public var longestMove: Double?

  /// That many steps, that tolerance.
  public init(steps: Int, tolerance: Double = 1e-7, longestMove: Double? = nil) {
    self.steps = steps
    self.tolerance = tolerance
    self.longestMove = longestMove
  }

  /// - Parameters:
  ///   - start: where to begin, within the bounds.
  ///   - bounds: one range a variable.
  ///   - function: its value, and its slopes into the array; infinite where it is not defined.
  /// - Returns: the best point found and its value.
  public func minimize(
    from start: [Double], within bounds: [ClosedRange<Double>], _ function: ([Double], inout [Double]) -> Double
  ) -> (point: [Double], value: Double) {
    var point = start
    var slopes = [Double](repeating: 0, count: point.count)
    var value = function(point, &slopes)
    var pairs: [(move: [Double], bend: [Double])] = []
    for _ in 0..<steps {
      let direction = direction(at: point, slopes, bounds, pairs)
      guard let next = search(from: point, value, slopes, along: direction, within: bounds, function) else {
        if pairs.isEmpty { break }
        pairs = []
        continue
      }
      let move = zip(next.point, point).map { $0 - $1 }
      let bend = zip(next.slopes, slopes).map { $0 - $1 }
      if dot(move, bend) > 1e-12 * dot(bend, bend).squareRoot() * dot(move, move).squareRoot() {
        pairs.append((move, bend))
        if pairs.count > memory { pairs.removeFirst() }
      }
      let gain = value - next.value
      (point, value, slopes) = next
      if gain < tolerance { break }
    }
    return (point, value)
  }

  /// Minus the slopes, bent by what the remembered pairs say of the curvature, on the variables that are free to move.
  private func direction(
    at point: [Double], _ slopes: [Double], _ bounds: [ClosedRange<Double>], _ pairs: [(move: [Double], bend: [Double])]
  ) -> [Double] {
    let isFree = point.indices.map { index in
      !(point[index] <= bounds[index].lowerBound && slopes[index] > 0) && !(point[index] >= bounds[index].upperBound && slopes[index] < 0)
    }
    var direction = slopes.indices.map { isFree[$0] ? -slopes[$0] : 0 }
    var shares: [Double] = []
    for pair in pairs.reversed() {
      let share = dot(pair.move, direction) / dot(pair.move, pair.bend)
      shares.append(share)
      for index in direction.indices { direction[index] -= share * pair.bend[index] }
    }
    if let last = pairs.last {
      let scale = dot(last.move, last.bend) / dot(last.bend, last.bend)
      for index in direction.indices { direction[index] *= scale }
    }
    for (pair, share) in zip(pairs, shares.reversed()) {
      let correction = share - dot(pair.bend, direction) / dot(pair.move, pair.bend)
      for index in direction.indices { direction[index] += correction * pair.move[index] }
    }
    for index in direction.indices where !isFree[index] { direction[index] = 0 }
    // A direction that does not go down is of no use: the pairs were of another face of the box.
    if dot(direction, slopes) >= 0 { direction = slopes.indices.map { isFree[$0] ? -slopes[$0] : 0 } }
    var length = pairs.isEmpty ? 1 / max(1, direction.map(abs).max() ?? 0) : 1
    if let longestMove { length = min(length, longestMove / max(1e-300, direction.map(abs).max() ?? 0)) }
    return direction.map { $0 * length }
  }

  private func search(
    from point: [Double], _ value: Double, _ slopes: [Double], along direction: [Double], within bounds: [ClosedRange<Double>],
    _ function: ([Double], inout [Double]) -> Double
  ) -> (point: [Double], value: Double, slopes: [Double])? {
    var length = 1.0
    var nextSlopes = slopes
    for _ in 0..<12 {
      let next = point.indices.map { index in
        min(max(point[index] + length * direction[index], bounds[index].lowerBound), bounds[index].upperBound)
      }
      var promise = 0.0
      for index in point.indices { promise += slopes[index] * (next[index] - point[index]) }
      guard promise < 0 else { return nil }
      let nextValue = function(next, &nextSlopes)
      if nextValue <= value + 1e-4 * promise { return (next, nextValue, nextSlopes) }
      // The minimum of the parabola through what is known, not too near either end.
      let curve = nextValue - value - promise
      length *= nextValue.isFinite && curve > 0 ? min(max(-promise / (2 * curve), 0.1), 0.5) : 0.2
    }
    return nil
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += left[index] * right[index] }
    return sum
  }
}
