import AttuneMath

extension CurveModel {
  /// Weights by which later points count more, rising to nearly 10 times the first one's.
  public static func recencyWeights(_ count: Int) -> [Double] {
    guard count > 1 else { return [Double](repeating: 1, count: count) }
    return (0..<count).map { power10(Double($0) / Double(count)) }
  }

  /// The parameters of least weighted squares, found from the start values: by Levenberg–Marquardt, or, where that does not end, from the better
  /// of where it came and of what a quasi-Newton method finds.
  /// - Parameters:
  ///   - x: positions above 0.
  ///   - y: finite values, as many.
  ///   - weights: of the squares, as many.
  /// - Returns: `nil` when the model is not defined at the start values.
  public func fit(_ x: [Double], _ y: [Double], weights: [Double]) -> (parameters: [Double], weightedSquares: Double)? {
    let problem = WeightedCurve(x: x, y: y, weights: weights)
    var best: (parameters: [Double], weightedSquares: Double)?
    for start in [start] + otherStarts {
      guard let found = fit(problem, from: start), found.weightedSquares < best?.weightedSquares ?? .infinity else { continue }
      best = found
    }
    return best
  }

  /// `pow4` begins far from most curves, and often ends where its power is not defined just before the first point.
  private var otherStarts: [[Double]] { self == .pow4 ? [[0.8, 0.1, 1, 1]] : [] }

  private func fit(_ curve: WeightedCurve, from start: [Double]) -> (parameters: [Double], weightedSquares: Double)? {
    let walked = LevenbergMarquardt().minimize(from: start) { curve.residuals(self, $0) }
    var best = walked.map { ($0.point, $0.sumOfSquares) }
    if walked?.hasConverged != true {
      let rolled = curve.roll(self, from: start)
      if rolled.value < best?.1 ?? .infinity { best = (rolled.point, rolled.value) }
    }
    guard let from = best?.0 else { return nil }
    // Long valleys end slowly: what was found is given more time and a finer tolerance.
    let polished = LevenbergMarquardt(tolerance: 1e-12, evaluations: 1_000).minimize(from: from) { curve.residuals(self, $0) }
    return polished.map { ($0.point, $0.sumOfSquares) } ?? best
  }
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

  /// Downhill with forward differences, wherever the model is defined.
  func roll(_ model: CurveModel, from start: [Double]) -> (point: [Double], value: Double) {
    func squares(_ parameters: [Double]) -> Double {
      let sum = residuals(model, parameters).reduce(0) { $0 + $1 * $1 }
      return sum.isFinite ? sum : .infinity
    }
    let everywhere = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    let bounds = [ClosedRange<Double>](repeating: everywhere, count: start.count)
    return BoundedMinimizer(steps: 1_000, tolerance: 2.2e-9).minimize(from: start, within: bounds) { point, slopes in
      let here = squares(point)
      for index in point.indices {
        var moved = point
        moved[index] += 1e-8
        slopes[index] = (squares(moved) - here) / 1e-8
      }
      return slopes.allSatisfy(\.isFinite) ? here : .infinity
    }
  }
}
