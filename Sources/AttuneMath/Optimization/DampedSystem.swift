/// A linear least-squares problem J p ≈ f of a few columns, factored once, whose solutions can be kept short: what a step of
/// Levenberg–Marquardt asks.
struct DampedSystem {
  /// The Euclidean norms of the columns of J.
  let columnNorms: [Double]
  /// J with its columns in this order is Q R.
  private let order: [Int]
  /// R, row by row, and the head of Qᵀ f.
  private let triangle: [[Double]]
  private let head: [Double]

  /// - Parameter columns: at least one, none longer than `right`.
  init(columns: [[Double]], right: [Double]) {
    columnNorms = columns.map(euclideanNorm)
    var columns = columns
    var right = right
    var order = Array(columns.indices)
    for step in columns.indices {
      // The longest remaining column first, so that what is dependent on others comes last.
      var pivot = step
      var longest = -1.0
      for other in step..<columns.count {
        let rest = euclideanNorm(Array(columns[other][step...]))
        if rest > longest { (pivot, longest) = (other, rest) }
      }
      columns.swapAt(step, pivot)
      order.swapAt(step, pivot)
      Self.reflect(&columns, &right, step)
    }
    self.order = order
    triangle = columns.indices.map { row in columns.map { $0[row] } }
    head = Array(right.prefix(columns.count))
  }

  /// Whether no direction goes down: f is orthogonal to every column, to rounding.
  func isStationary(norm: Double) -> Bool {
    guard norm > 0 else { return true }
    let down = transposedTimesHead()
    return order.indices.allSatisfy { columnNorms[order[$0]] == 0 || abs(down[$0] / norm / columnNorms[order[$0]]) <= 0 }
  }

  /// |J p|.
  func length(of step: [Double]) -> Double {
    euclideanNorm(triangle.indices.map { row in (row..<order.count).reduce(0) { $0 + triangle[row][$1] * step[order[$1]] } })
  }

  /// The p that minimises |J p − f|² + damping |D p|², with the damping chosen so that |D p| is `radius`, to a tenth, or 0 when the
  /// undamped solution is short enough.
  /// - Parameter scale: the diagonal of D.
  func step(within radius: Double, scale: [Double], damping: inout Double) -> [Double] {
    var step = undamped()
    var reach = euclideanNorm(order.indices.map { scale[$0] * step[$0] })
    var excess = reach - radius
    if excess <= 0.1 * radius {
      damping = 0
      return step
    }
    let isFull = triangle.indices.allSatisfy { triangle[$0][$0] != 0 }
    var low = isFull ? excess / radius / slope(triangle, step, scale, reach) : 0
    let down = transposedTimesHead()
    let steepness = euclideanNorm(order.indices.map { down[$0] / scale[order[$0]] })
    var high = steepness / radius
    if high == 0 { high = .leastNormalMagnitude / min(radius, 0.1) }
    damping = min(max(damping, low), high)
    if damping == 0 { damping = steepness / reach }
    for _ in 0..<10 {
      if damping == 0 { damping = max(.leastNormalMagnitude, 0.001 * high) }
      let damped = solve(damping: damping, scale: scale)
      step = damped.step
      reach = euclideanNorm(order.indices.map { scale[$0] * step[$0] })
      let before = excess
      excess = reach - radius
      if abs(excess) <= 0.1 * radius || (low == 0 && excess <= before && before < 0) { break }
      let correction = excess / radius / slope(damped.triangle, step, scale, reach)
      if excess > 0 { low = max(low, damping) }
      if excess < 0 { high = min(high, damping) }
      damping = max(low, damping + correction)
    }
    return step
  }

  /// How quickly |D p| falls with the damping, as a part of itself: |T⁻ᵀ Pᵀ D² p|² / |D p|².
  private func slope(_ triangle: [[Double]], _ step: [Double], _ scale: [Double], _ reach: Double) -> Double {
    var z = order.map { scale[$0] * (scale[$0] * step[$0] / reach) }
    for row in z.indices {
      for above in 0..<row { z[row] -= triangle[above][row] * z[above] }
      z[row] /= triangle[row][row]
    }
    let norm = euclideanNorm(z)
    return norm * norm
  }

  /// Rᵀ times the head.
  private func transposedTimesHead() -> [Double] {
    order.indices.map { column in (0...column).reduce(0) { $0 + triangle[$1][column] * head[$1] } }
  }

  /// R p = head, with 0 for columns from the first that depends on those before it.
  private func undamped() -> [Double] {
    let rank = triangle.indices.first { triangle[$0][$0] == 0 } ?? order.count
    return back(triangle, head, rank: rank)
  }

  private func back(_ triangle: [[Double]], _ right: [Double], rank: Int) -> [Double] {
    var solution = [Double](repeating: 0, count: order.count)
    for row in (0..<rank).reversed() {
      var rest = right[row]
      for column in row + 1..<rank { rest -= triangle[row][column] * solution[order[column]] }
      solution[order[row]] = rest / triangle[row][row]
    }
    return solution
  }

  /// The damped solution, by factoring R with √damping D below it.
  private func solve(damping: Double, scale: [Double]) -> (step: [Double], triangle: [[Double]]) {
    let count = order.count
    var columns = (0..<count).map { column in
      triangle.map { $0[column] } + (0..<count).map { $0 == column ? damping.squareRoot() * scale[order[column]] : 0 }
    }
    var right = head + [Double](repeating: 0, count: count)
    for step in 0..<count { Self.reflect(&columns, &right, step) }
    let damped = (0..<count).map { row in columns.map { $0[row] } }
    let rank = damped.indices.first { damped[$0][$0] == 0 } ?? count
    return (back(damped, right, rank: rank), damped)
  }

  /// A Householder reflection that clears a column below its diagonal, applied to the columns after it and to the right side.
  private static func reflect(_ columns: inout [[Double]], _ right: inout [Double], _ step: Int) {
    let rows = step..<columns[step].count
    let norm = euclideanNorm(Array(columns[step][rows]))
    guard norm > 0 else { return }
    let signed = columns[step][step] < 0 ? -norm : norm
    // v = x / signed + e, and the reflection is 1 − v vᵀ / v₀.
    var v = rows.map { columns[step][$0] / signed }
    v[0] += 1
    func apply(_ target: inout [Double]) {
      var dot = 0.0
      for row in rows { dot += v[row - step] * target[row] }
      for row in rows { target[row] -= dot / v[0] * v[row - step] }
    }
    for other in step + 1..<columns.count { apply(&columns[other]) }
    apply(&right)
    columns[step][step] = -signed
    for row in rows.dropFirst() { columns[step][row] = 0 }
  }
}
