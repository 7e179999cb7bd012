import Foundation

/// Ordinary least squares by normal equations: for a handful of columns of a size near 1.
struct LeastSquares {
  let coefficients: [Double]
  let factor: CholeskyFactor
  /// The sum of the squared residuals.
  let residual: Double

  /// `nil` when the columns are not linearly independent.
  init?(_ rows: [[Double]], _ values: [Double]) {
    let columns = rows.first?.count ?? 0
    var products = [[Double]](repeating: [Double](repeating: 0, count: columns), count: columns)
    var right = [Double](repeating: 0, count: columns)
    for (row, value) in zip(rows, values) {
      for i in 0..<columns {
        right[i] += row[i] * value
        for j in 0...i { products[i][j] += row[i] * row[j] }
      }
    }
    guard let factor = CholeskyFactor(products) else { return nil }
    self.factor = factor
    let solved = factor.solve(right)
    coefficients = solved
    residual = zip(rows, values).reduce(0) { sum, pair in
      let error = pair.1 - zip(pair.0, solved).reduce(0) { $0 + $1.0 * $1.1 }
      return sum + error * error
    }
  }
}

/// A symmetric positive definite matrix A as L·L'.
struct CholeskyFactor {
  private let lower: [[Double]]

  /// - Parameter matrix: its lower triangle is read.
  /// - Returns: `nil` when it is not positive definite to working precision.
  init?(_ matrix: [[Double]]) {
    var lower = matrix
    for i in matrix.indices {
      for j in 0...i {
        let sum = (0..<j).reduce(matrix[i][j]) { $0 - lower[i][$1] * lower[j][$1] }
        if i == j {
          guard sum > 1e-12 * matrix[i][i] else { return nil }
          lower[i][i] = sum.squareRoot()
        } else {
          lower[i][j] = sum / lower[j][j]
        }
      }
    }
    self.lower = lower
  }

  /// log |A|.
  var logDeterminant: Double { lower.indices.reduce(0) { $0 + 2 * log(lower[$1][$1]) } }

  /// x with A·x = b.
  func solve(_ b: [Double]) -> [Double] {
    var x = forward(b)
    for i in lower.indices.reversed() {
      for k in (i + 1)..<max(i + 1, lower.count) { x[i] -= lower[k][i] * x[k] }
      x[i] /= lower[i][i]
    }
    return x
  }

  /// c'·A⁻¹·c.
  func quadraticForm(_ c: [Double]) -> Double { forward(c).reduce(0) { $0 + $1 * $1 } }

  private func forward(_ b: [Double]) -> [Double] {
    var y = b
    for i in lower.indices {
      for k in 0..<i { y[i] -= lower[i][k] * y[k] }
      y[i] /= lower[i][i]
    }
    return y
  }
}
