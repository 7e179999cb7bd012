/// Minimises a sum of squares of a few variables, without bounds and without derivatives given: the Levenberg–Marquardt method with a trust
/// region scaled by the Jacobian's columns.
///
/// When not to use it: for more variables than residuals, and for hundreds of variables.
/// Source: Moré, "The Levenberg–Marquardt algorithm: implementation and theory" (1978), with the settings usual since: a first region of 100
/// lengths of the start, forward differences, 200 evaluations for each variable and one more.
public struct LevenbergMarquardt: Sendable {
  /// It ends when the sum of squares or the distance to the minimum is known to this part of itself.
  public var tolerance: Double
  /// Evaluations at most, those for differences among them; `nil` for 200 · (variables + 1).
  public var evaluations: Int?

  /// Where it ended.
  public struct Result: Sendable {
    /// The best point found.
    public let point: [Double]
    /// The sum of squares there.
    public let sumOfSquares: Double
    /// Whether it ended for its tolerance, and not because evaluations ran out or derivatives were not finite.
    public let hasConverged: Bool
  }

  /// With a tolerance, by default the square root of the doubles'.
  public init(tolerance: Double = 1.49012e-8, evaluations: Int? = nil) {
    self.tolerance = tolerance
    self.evaluations = evaluations
  }

  /// - Parameters:
  ///   - start: where to begin.
  ///   - function: the residuals at a point, always as many.
  /// - Returns: `nil` when there are fewer residuals than variables, or one at the start is not finite.
  public func minimize(from start: [Double], _ function: ([Double]) -> [Double]) -> Result? {
    var walk = Walk(point: start, residuals: function(start), tolerance: tolerance)
    guard walk.residuals.count >= start.count, walk.norm.isFinite else { return nil }
    let limit = evaluations ?? 200 * (start.count + 1)
    while walk.used < limit {
      guard let system = walk.linearise(function) else { return walk.result(hasConverged: false) }
      if system.isStationary(norm: walk.norm) { return walk.result(hasConverged: true) }
      repeat {
        let isSettled = walk.attempt(system, function)
        if isSettled { return walk.result(hasConverged: true) }
      } while !walk.hasMoved && walk.used < limit && walk.region > 0
      if !walk.hasMoved { break }
    }
    return walk.result(hasConverged: false)
  }
}

/// Where a minimisation stands.
private struct Walk {
  var point: [Double]
  var residuals: [Double]
  var norm: Double
  let tolerance: Double
  /// Evaluations so far.
  var used = 1
  /// The radius of the trust region.
  var region = Double.infinity
  var damping = 0.0
  /// Whether the last attempt was accepted.
  var hasMoved = false
  private var scale: [Double] = []
  private var isFirst = true

  init(point: [Double], residuals: [Double], tolerance: Double) {
    self.point = point
    self.residuals = residuals
    self.tolerance = tolerance
    norm = euclideanNorm(residuals)
  }

  func result(hasConverged: Bool) -> LevenbergMarquardt.Result {
    LevenbergMarquardt.Result(point: point, sumOfSquares: norm * norm, hasConverged: hasConverged)
  }

  /// The Jacobian by forward differences, factored; `nil` when it is not finite.
  mutating func linearise(_ function: ([Double]) -> [Double]) -> DampedSystem? {
    var columns: [[Double]] = []
    for variable in point.indices {
      let step = abs(point[variable]) * 0x1p-26
      var moved = point
      moved[variable] += step == 0 ? 0x1p-26 : step
      // What was added in the computer's numbers.
      let difference = moved[variable] - point[variable]
      columns.append(zip(function(moved), residuals).map { ($0 - $1) / difference })
    }
    used += point.count
    guard columns.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
    let system = DampedSystem(columns: columns, right: residuals)
    if scale.isEmpty {
      scale = system.columnNorms.map { $0 == 0 ? 1 : $0 }
      let reach = euclideanNorm(zip(scale, point).map { $0 * $1 })
      region = reach == 0 ? 100 : 100 * reach
    }
    scale = zip(scale, system.columnNorms).map { max($0, $1) }
    return system
  }

  /// One step within the trust region, accepted or not; true when the tolerance is reached.
  mutating func attempt(_ system: DampedSystem, _ function: ([Double]) -> [Double]) -> Bool {
    let step = system.step(within: region, scale: scale, damping: &damping)
    let next = zip(point, step).map { $0 - $1 }
    let reach = euclideanNorm(zip(scale, step).map { $0 * $1 })
    if isFirst { region = min(region, reach) }
    let nextResiduals = function(next)
    used += 1
    let nextNorm = euclideanNorm(nextResiduals)
    // What was won and what the linear model promised, as parts of the sum of squares. Not a number counts as a loss.
    let won = 0.1 * nextNorm < norm ? 1 - (nextNorm / norm) * (nextNorm / norm) : -1
    let linear = system.length(of: step) / norm
    let damped = damping.squareRoot() * reach / norm
    let promised = linear * linear + 2 * damped * damped
    let slope = -(linear * linear + damped * damped)
    let ratio = promised == 0 ? 0 : won / promised
    if ratio <= 0.25 {
      var factor = won >= 0 ? 0.5 : 0.5 * slope / (slope + 0.5 * won)
      if 0.1 * nextNorm >= norm || factor < 0.1 { factor = 0.1 }
      region = factor * min(region, 10 * reach)
      damping /= factor
    } else if damping == 0 || ratio >= 0.75 {
      region = 2 * reach
      damping *= 0.5
    }
    hasMoved = ratio >= 1e-4
    if hasMoved {
      isFirst = false
      (point, residuals, norm) = (next, nextResiduals, nextNorm)
    }
    let isFlat = abs(won) <= tolerance && promised <= tolerance && ratio <= 2
    return isFlat || region <= tolerance * euclideanNorm(zip(scale, point).map { $0 * $1 })
  }
}

/// The Euclidean norm, without overflow.
func euclideanNorm(_ x: [Double]) -> Double {
  var largest = 0.0
  for value in x {
    if value.isNaN { return .nan }
    largest = max(largest, abs(value))
  }
  guard largest > 0, largest.isFinite else { return largest }
  var sum = 0.0
  for value in x { sum += (value / largest) * (value / largest) }
  return largest * sum.squareRoot()
}
