import AttuneMath

/// The shape of a normal distribution, with what drawing from it takes.
///
/// Beyond `fullSize` coordinates it is diagonal: a full matrix would learn too slowly to be worth its cost (Ros and Hansen, "A simple
/// modification in CMA-ES achieving linear time and space complexity", 2008).
struct CovarianceMatrix: Sendable {
  /// Coordinates up to which all covariances are learnt.
  static let fullSize = 100
  let size: Int
  let isDiagonal: Bool
  /// Row by row, or the diagonal alone.
  private var entries: [Double]
  /// Unit vectors of the principal axes as columns; none when diagonal.
  private var axes: [Double]
  /// Standard deviations along the principal axes.
  private var lengths: [Double]

  /// The identity.
  init(size: Int) {
    self.size = size
    isDiagonal = size > Self.fullSize
    lengths = [Double](repeating: 1, count: size)
    entries = lengths
    axes = []
    guard !isDiagonal else { return }
    entries = [Double](repeating: 0, count: size * size)
    for index in 0..<size { entries[index * size + index] = 1 }
    axes = entries
  }

  /// The variance of a coordinate.
  func variance(_ index: Int) -> Double { entries[isDiagonal ? index : index * size + index] }

  /// The largest variance along a principal axis by the smallest.
  var condition: Double {
    guard let low = lengths.min(), let high = lengths.max() else { return 1 }
    return (high / low) * (high / low)
  }

  /// Standard normal numbers as numbers with these covariances.
  func colored(_ white: [Double]) -> [Double] {
    let scaled = zip(white, lengths).map { $0 * $1 }
    return isDiagonal ? scaled : rotated(scaled)
  }

  /// Numbers with these covariances as standard normal ones, by the symmetric root.
  func whitened(_ colored: [Double]) -> [Double] {
    guard !isDiagonal else { return zip(colored, lengths).map { $0 / $1 } }
    var white = [Double](repeating: 0, count: size)
    for row in 0..<size { for column in 0..<size { white[column] += axes[row * size + column] * colored[row] } }
    return rotated(zip(white, lengths).map { $0 / $1 })
  }

  private func rotated(_ vector: [Double]) -> [Double] {
    (0..<size).map { row in
      var sum = 0.0
      for column in 0..<size { sum += axes[row * size + column] * vector[column] }
      return sum
    }
  }

  /// Shrinks the matrix by a factor and adds weighted outer products; `decompose` has to follow before anything is drawn.
  mutating func learn(keeping kept: Double, _ vectors: [(weight: Double, vector: [Double])]) {
    for index in entries.indices { entries[index] *= kept }
    for (weight, vector) in vectors where weight != 0 {
      if isDiagonal {
        for index in 0..<size { entries[index] += weight * vector[index] * vector[index] }
      } else {
        for row in 0..<size {
          let factor = weight * vector[row]
          for column in 0..<size { entries[row * size + column] += factor * vector[column] }
        }
      }
    }
  }

  /// Makes a coordinate's standard deviation that many times as large, correlations kept.
  mutating func stretch(_ index: Int, by factor: Double) {
    guard !isDiagonal else {
      entries[index] *= factor * factor
      return
    }
    for other in 0..<size {
      entries[index * size + other] *= factor
      entries[other * size + index] *= factor
    }
  }

  /// Finds the principal axes of what was learnt; variances stay above 1e-20.
  mutating func decompose() {
    let smallest = 1e-20
    guard !isDiagonal else {
      for index in entries.indices { entries[index] = max(entries[index], smallest) }
      lengths = entries.map { $0.squareRoot() }
      return
    }
    let eigen = SymmetricEigen(entries, size: size)
    axes = eigen.vectors
    lengths = eigen.values.map { max($0, smallest).squareRoot() }
  }
}
