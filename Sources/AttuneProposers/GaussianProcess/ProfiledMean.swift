import AttuneMath

/// The constant mean and the variance that explain values best, given their covariances up to a factor.
struct ProfiledMean {
  let mean: Double
  let variance: Double
  /// K⁻¹ (values − mean), padded with zeros.
  let weights: [Double]

  init(_ factor: Cholesky, _ values: [Double]) {
    let ones = factor.solve([Double](repeating: 1, count: values.count))
    let solved = factor.solve(values)
    var total = 0.0, product = 0.0
    for index in values.indices {
      total += ones[index]
      product += solved[index]
    }
    let mean = product / total
    self.mean = mean
    weights = zip(solved, ones).map { $0 - mean * $1 }
    var squares = 0.0
    for index in values.indices { squares += weights[index] * (values[index] - mean) }
    variance = max(squares / Double(values.count), 1e-300)
  }
}
