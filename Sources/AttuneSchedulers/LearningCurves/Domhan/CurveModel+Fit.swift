import AttuneMath

extension CurveModel {
  /// Weights by which later points count more, rising to nearly 10 times the first one's.
  public static func recencyWeights(_ count: Int) -> [Double] {
    guard count > 1 else { return [Double](repeating: 1, count: count) }
    return (0..<count).map { power10(Double($0) / Double(count)) }
  }

  /// Parameters of small weighted squares, found as the authors' program finds them: from the start values by Levenberg–Marquardt, or, where that
  /// does not end in time, from the start values by a quasi-Newton method, which often ends near them.
  /// - Parameters:
  ///   - x: positions above 0.
  ///   - y: finite values, as many.
  ///   - weights: of the squares, as many.
  /// - Returns: `nil` when the model is not defined at the start values.
  public func fit(_ x: [Double], _ y: [Double], weights: [Double]) -> (parameters: [Double], weightedSquares: Double)? {
    let curve = WeightedCurve(x: x, y: y, weights: weights)
    return curve.walk(self, from: start) ?? curve.roll(self, from: start)
  }

  /// The parameters of least weighted squares that can be found: what `fit` found and where a second start leads, followed through their
  /// long valleys with a finer tolerance.
  public func refinedFit(_ x: [Double], _ y: [Double], weights: [Double]) -> (parameters: [Double], weightedSquares: Double)? {
    let curve = WeightedCurve(x: x, y: y, weights: weights)
    let starts = [fit(x, y, weights: weights)?.parameters, start, otherStart].compactMap { $0 }
    return starts.compactMap { curve.walkToTheEnd(self, from: $0) }.min { $0.weightedSquares < $1.weightedSquares }
  }

  /// `pow4` begins far from most curves, and often ends where its power is not defined just before the first point.
  private var otherStart: [Double]? { self == .pow4 ? [0.8, 0.1, 1, 1] : nil }
}

/// A curve whose points count differently.
private struct WeightedCurve {
  let x: [Double]
  let y: [Double]
  let weights: [Double]
  private let roots: [Double]

  init(x: [Double], y: [Double], weights: [Double]) {
    self.x = x
    self.y = y
    self.weights = weights
    roots = weights.map { $0.squareRoot() }
  }

  func residuals(_ model: CurveModel, _ parameters: [Double]) -> [Double] {
    x.indices.map { roots[$0] * (model.value(at: x[$0], parameters) - y[$0]) }
  }

  /// Levenberg–Marquardt; `nil` when it does not converge.
  func walk(_ model: CurveModel, from start: [Double]) -> (parameters: [Double], weightedSquares: Double)? {
    LevenbergMarquardt().minimize(from: start) { residuals(model, $0) }.flatMap { $0.hasConverged ? ($0.point, $0.sumOfSquares) : nil }
  }

  /// The same again and again, each time with a fresh trust region, until nothing is won.
  func walkToTheEnd(_ model: CurveModel, from start: [Double]) -> (parameters: [Double], weightedSquares: Double)? {
    var best: (parameters: [Double], weightedSquares: Double)?
    for _ in 0..<20 {
      let walk = LevenbergMarquardt(tolerance: 1e-12).minimize(from: best?.parameters ?? start) { residuals(model, $0) }
      guard let walk, walk.sumOfSquares < (best?.weightedSquares ?? .infinity) * (1 - 1e-9) else { break }
      best = (walk.point, walk.sumOfSquares)
    }
    return best
  }

  /// Downhill with forward differences, wherever the model is defined.
  func roll(_ model: CurveModel, from start: [Double]) -> (parameters: [Double], weightedSquares: Double)? {
    func squares(_ parameters: [Double]) -> Double {
      let sum = residuals(model, parameters).reduce(0) { $0 + $1 * $1 }
      return sum.isFinite ? sum : .infinity
    }
    let everywhere = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    let bounds = [ClosedRange<Double>](repeating: everywhere, count: start.count)
    let found = BoundedMinimizer(steps: 1_000, tolerance: 2.2e-9).minimize(from: start, within: bounds) { point, slopes in
      let here = squares(point)
      for index in point.indices {
        var moved = point
        moved[index] += 1e-8
        slopes[index] = (squares(moved) - here) / 1e-8
      }
      return slopes.allSatisfy(\.isFinite) ? here : .infinity
    }
    return found.value.isFinite ? (found.point, found.value) : nil
  }
}
