import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A Gaussian process whose function drifts: what was seen long ago says less about now.
///
/// Its kernel is k((x, t), (x′, t′)) = exp(−|x − x′|² / 2ℓ²) · (1 − ε)^(|t − t′| / 2) for x of the unit cube and t in intervals. Values are brought to mean 0
/// and variance 1; length ℓ, forgetting ε and noise are those of a grid under which the data are likeliest, so that nothing has to be drawn or
/// searched. It answers nothing where the data allow no factor. Costs 24 · n³ / 3 multiplications to make.
/// Source: Bogunovic, Scarlett and Cevher, "Time-varying Gaussian process bandit optimization" (AISTATS 2016), §2.
struct DriftingProcess {
  /// Where and when, and what came of it.
  struct Datum: Hashable, Sendable {
    let place: [Double]
    let time: Double
    let value: Double
  }

  private struct Terms {
    let length: Double
    let forgetting: Double
    let noise: Double
  }

  private static let grid: [Terms] = [0.15, 0.3, 0.6, 1.2].flatMap { length in
    [0, 0.1, 0.3].flatMap { forgetting in [0.02, 0.2].map { Terms(length: length, forgetting: forgetting, noise: $0) } }
  }

  private let terms: Terms
  private let data: [Datum]
  private let factor: Cholesky
  /// K⁻¹ y, of standardised values.
  private let weights: [Double]

  /// - Parameter data: at least two, finite; their places have one number of coordinates.
  /// - Returns: `nil` when the data say nothing: too few, or all the same.
  init?(_ data: [Datum]) {
    guard data.count >= 2 else { return nil }
    let mean = data.map(\.value).reduce(0, +) / Double(data.count)
    let spread = (data.map { ($0.value - mean) * ($0.value - mean) }.reduce(0, +) / Double(data.count)).squareRoot()
    guard spread > 1e-12, spread.isFinite else { return nil }
    let values = data.map { ($0.value - mean) / spread }
    var best: (score: Double, terms: Terms, factor: Cholesky, weights: [Double])?
    for terms in Self.grid {
      guard let factor = Cholesky(Self.matrix(data, terms)) else { continue }
      let weights = factor.solve(values)
      let score = -0.5 * zip(values, weights).map { $0 * $1 }.reduce(0, +) - 0.5 * factor.logDeterminant
      if score > best?.score ?? -.infinity { best = (score, terms, factor, weights) }
    }
    guard let best else { return nil }
    (terms, factor, weights, self.data) = (best.terms, best.factor, best.weights, data)
  }

  /// The expected value, in standard deviations of the data.
  func mean(at place: [Double], _ time: Double) -> Double {
    zip(data, weights).map { Self.kernel($0.place, $0.time, place, time, terms) * $1 }.reduce(0, +)
  }

  /// How uncertain values are once the outcomes at some more places are known, whatever they will be.
  func deviation(knowing pending: [(place: [Double], time: Double)]) -> (([Double], Double) -> Double)? {
    let all = data + pending.map { Datum(place: $0.place, time: $0.time, value: 0) }
    let terms = terms
    guard let factor = pending.isEmpty ? factor : Cholesky(Self.matrix(all, terms)) else { return nil }
    return { place, time in
      let column = all.map { Self.kernel($0.place, $0.time, place, time, terms) }
      let z = factor.solveTransposed(column)
      return max(0, 1 - z.map { $0 * $0 }.reduce(0, +)).squareRoot()
    }
  }

  private static func matrix(_ data: [Datum], _ terms: Terms) -> Matrix {
    var matrix = Matrix(rows: data.count, columns: data.count)
    for row in data.indices {
      for column in row..<data.count {
        matrix[row, column] = kernel(data[row].place, data[row].time, data[column].place, data[column].time, terms)
      }
      matrix[row, row] += terms.noise
    }
    return matrix
  }

  private static func kernel(_ x: [Double], _ t: Double, _ y: [Double], _ u: Double, _ terms: Terms) -> Double {
    var distance = 0.0
    for index in x.indices { distance += (x[index] - y[index]) * (x[index] - y[index]) }
    return exp(-distance / (2 * terms.length * terms.length)) * pow(1 - terms.forgetting, abs(t - u) / 2)
  }
}
