import AttuneMath

/// A Gaussian process that has seen some values: what it expects elsewhere, and how sure it is.
struct GaussianProcess: Sendable {
  let hyperparameters: Hyperparameters
  private let warp: InputWarp
  /// Warped.
  private(set) var points: ModelPoints
  private(set) var factor: Cholesky
  private let mean: Double
  /// The variance far from everything seen.
  let variance: Double
  private var weights: [Double]

  /// - Parameters:
  ///   - warp: of the axes; `nil` leaves them as they are.
  ///   - points: not warped, as are all that it is asked about.
  /// - Returns: `nil` when the covariances are singular to rounding.
  init?(_ hyperparameters: Hyperparameters, _ warp: InputWarp? = nil, points: ModelPoints, values: [Double]) {
    self.hyperparameters = hyperparameters
    self.warp = warp ?? InputWarp(axes: points.axes)
    let points = points.warped(by: self.warp)
    self.points = points
    guard let factor = Cholesky(hyperparameters.covariances(of: points).values, capacity: points.stride) else { return nil }
    let profile = ProfiledMean(factor, values)
    self.factor = factor
    mean = profile.mean
    variance = profile.variance
    weights = profile.weights + [Double](repeating: 0, count: points.stride - profile.weights.count)
  }

  /// The variance of the noise.
  var noise: Double { variance * hyperparameters.noise }

  /// Believes that a point's value will be what is expected of it, so that nothing near it is worth trying.
  mutating func believe(in point: [Double]) {
    let point = warp(point)
    let row = hyperparameters.covariance.row(of: point, with: points).values
    guard points.count < points.stride, factor.append(row, diagonal: 1 + hyperparameters.noise) else { return }
    points.append(point)
  }

  /// Mean and variance of the function (without noise) at many points.
  func predictions(at others: ModelPoints) -> [(mean: Double, variance: Double)] {
    var block = hyperparameters.covariance.matrix(of: points, with: others.warped(by: warp))
    var means = [Double](repeating: mean, count: others.count)
    for row in 0..<points.count where weights[row] != 0 {
      for column in means.indices { means[column] += weights[row] * block.elements[row * block.stride + column] }
    }
    factor.solveTransposed(&block)
    var explained = [Double](repeating: 0, count: others.count)
    for row in 0..<points.count {
      for column in explained.indices {
        let value = block.elements[row * block.stride + column]
        explained[column] += value * value
      }
    }
    return zip(means, explained).map { ($0, max(variance * (1 - $1), variance * 1e-14)) }
  }

  /// Mean and variance of the function (without noise) at a point, and their slopes along every axis; those along axes without an
  /// order mean nothing.
  func prediction(
    at point: [Double], meanSlopes: inout [Double], varianceSlopes: inout [Double]
  ) -> (mean: Double, variance: Double) {
    let place = point
    let point = warp(place)
    let (row, bends) = hyperparameters.covariance.row(of: point, with: points)
    let half = factor.solveTransposed(row)
    let solved = factor.solveUpper(half)
    var expected = mean, explained = 0.0
    for index in 0..<points.count {
      expected += weights[index] * row[index]
      explained += half[index] * half[index]
    }
    for axis in 0..<points.axes {
      var ofMean = 0.0, ofVariance = 0.0
      let base = axis * points.stride
      for index in 0..<points.count {
        let slope = bends[index] * (point[axis] - points.columns[base + index])
        ofMean += weights[index] * slope
        ofVariance += solved[index] * slope
      }
      let weight = 2 * hyperparameters.covariance.weights[axis] * warp.shapes[axis].slope(at: place[axis])
      meanSlopes[axis] = ofMean * weight
      varianceSlopes[axis] = -2 * variance * ofVariance * weight
    }
    return (expected, max(variance * (1 - explained), variance * 1e-14))
  }
}
