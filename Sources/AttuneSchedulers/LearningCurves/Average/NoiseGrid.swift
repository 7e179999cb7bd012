import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How values may stray from a model's curve: white noise, and a walk in the logarithm of the position, because no model is right for long.
struct NoiseGrid: Sendable {
  /// Variance of the walk over a factor e in position, in variances of the white noise.
  static let wanders = [0.5, 4, 32]
  /// Deviations of the white noise, in the curves' scale.
  static let deviations = (0..<6).map { 0.01 * pow(50, Double($0) / 5) }

  /// Distance of two positions as the walk counts it.
  static func distance(_ position: Double, from here: Double) -> Double { abs(log(position / here)) }

  /// The factor of the noise's covariance at the points seen, for white noise of variance 1. The walk starts from the last of them.
  static func factor(positions: [Double], wander: Double) -> Cholesky? {
    guard let here = positions.last else { return nil }
    let distances = positions.map { distance($0, from: here) }
    var matrix = Matrix(rows: positions.count, columns: positions.count)
    for row in positions.indices {
      for column in positions.indices { matrix[row, column] = wander * min(distances[row], distances[column]) + (row == column ? 1 : 0) }
    }
    return Cholesky(matrix)
  }
}
