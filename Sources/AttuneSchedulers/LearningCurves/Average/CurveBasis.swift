import AttuneMath
import CAttuneKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What one curve may follow: a shape at the points seen and at those to come, and what is believed of it before the curve is seen.
struct CurveComponent: Sendable {
  /// At the points seen, then at those to come.
  var values: [Double]
  /// How many of the points to come it knows.
  var reach: Int
  /// The curve's level at the last point seen: mean and deviation.
  var level: (mean: Double, deviation: Double)
  /// How much of the shape the curve takes: mean and deviation.
  var rise: (mean: Double, deviation: Double)
  /// Its part of its family, to a factor.
  var weight = 1.0
}

/// Components for some positions, ready to be compared with curves that were seen there.
///
/// Families of components stand one after the other, each padded to a multiple of eight.
struct CurveBasis: Sendable {
  /// For one wander of the noise: its factor, and what is whitened by it.
  struct Noise: Sendable {
    let wander: Double
    fileprivate let factor: Cholesky
    fileprivate let logDeterminant: Double
    fileprivate let shapes: Matrix
    fileprivate let ones: [Double]
    /// Priors and sums by component, six rows as the kernel takes them.
    fileprivate let known: [Double]
  }

  /// Where each family stands.
  let families: [Range<Int>]
  /// Components, with padding.
  let count: Int
  /// By component: the logarithm of its part of its family, -∞ for padding.
  let parts: [Double]
  /// By component: how many of the points to come it knows.
  let reaches: [Int]
  /// Points to come.
  let coming: Int
  /// How far the points to come are, as the noise's walk counts it, padded.
  let distances: [Double]
  /// A row for each component, padded: its shape at the points to come.
  let future: [Double]
  /// What the noise may be.
  let noises: [Noise]

  /// - Parameters:
  ///   - seen: positions seen, at least one.
  ///   - coming: positions to come.
  ///   - members: the components of each family.
  /// - Returns: `nil` when the noise's covariance cannot be factored.
  init?(seen: [Double], coming: [Double], members: [[CurveComponent]]) {
    let last = seen.count - 1
    let starts = members.reduce(into: [0]) { $0.append($0[$0.count - 1] + Matrix.padded($1.count)) }
    let (count, points) = (starts[starts.count - 1], Matrix.padded(coming.count))
    var shapes = Matrix(rows: seen.count, columns: count)
    var future = [Double](repeating: 0, count: count * points)
    var parts = [Double](repeating: -.infinity, count: count)
    var reaches = [Int](repeating: 0, count: count)
    var prior = [Double](repeating: 0, count: count) + [Double](repeating: 1, count: count)
    prior += prior
    for (family, start) in zip(members, starts) {
      let whole = family.reduce(0) { $0 + $1.weight }
      for (index, member) in zip(start..., family) {
        let origin = member.values[last]
        for row in seen.indices { shapes.elements[row * count + index] = member.values[row] - origin }
        for point in coming.indices { future[index * points + point] = member.values[seen.count + point] - origin }
        parts[index] = log(member.weight / whole)
        reaches[index] = member.reach
        prior[index] = member.level.mean
        prior[count + index] = 1 / (member.level.deviation * member.level.deviation)
        prior[2 * count + index] = member.rise.mean
        prior[3 * count + index] = 1 / (member.rise.deviation * member.rise.deviation)
      }
    }
    families = zip(starts, starts.dropFirst()).map { $0..<$1 }
    (self.count, self.coming, self.parts, self.reaches, self.future) = (count, coming.count, parts, reaches, future)
    distances = coming.map { NoiseGrid.distance($0, from: seen[last]) } + [Double](repeating: 0, count: points - coming.count)
    noises = NoiseGrid.wanders.compactMap { wander in
      NoiseGrid.factor(positions: seen, wander: wander).map { Noise(wander: wander, factor: $0, shapes: shapes, prior: prior) }
    }
    guard noises.count == NoiseGrid.wanders.count else { return nil }
  }

  /// Points to come, with padding.
  var points: Int { distances.count }
}

extension CurveBasis.Noise {
  fileprivate init(wander: Double, factor: Cholesky, shapes: Matrix, prior: [Double]) {
    var white = shapes
    factor.solveTransposed(&white)
    let count = shapes.columns
    let ones = factor.solveTransposed([Double](repeating: 1, count: shapes.rows))
    var sums = [Double](repeating: 0, count: 2 * count)
    white.elements.withUnsafeBufferPointer { white in
      sums.withUnsafeMutableBufferPointer { sums in
        guard let sums = sums.baseAddress, let white = white.baseAddress else { return }
        attune_combine(sums, white, shapes.rows, count, ones, count)
        attune_average_squares(white, shapes.rows, count, sums + count)
      }
    }
    self.init(
      wander: wander, factor: factor, logDeterminant: factor.logDeterminant, shapes: white, ones: ones, known: prior + sums)
  }

  /// What a curve says about the components.
  /// - Parameter values: what was seen, a value for each position.
  func sums(of values: [Double]) -> CurveSums {
    let white = factor.solveTransposed(values)
    let count = shapes.columns
    var products = [Double](repeating: 0, count: count)
    products.withUnsafeMutableBufferPointer { products in
      shapes.elements.withUnsafeBufferPointer {
        attune_combine(products.baseAddress, $0.baseAddress, shapes.rows, count, white, count)
      }
    }
    return CurveSums(
      known: known + products, ones: dot(ones, ones), values: dot(ones, white), squares: dot(white, white),
      points: shapes.rows, logDeterminant: logDeterminant)
  }

  private func dot(_ x: [Double], _ y: [Double]) -> Double { attune_dot(x, y, x.count) }
}

/// What is known of all components once a curve is seen, short of the noise's variance.
struct CurveSums: Sendable {
  /// Priors and sums by component, seven rows as the kernel takes them.
  let known: [Double]
  /// Whitened: Σ one², Σ one · value, Σ value².
  let ones: Double
  let values: Double
  let squares: Double
  /// Points seen, and the logarithm of the determinant of the noise's covariance over them.
  let points: Int
  let logDeterminant: Double

  /// What the density of the curve has besides the components' part, for noise of that variance (without powers of 2π).
  func constant(_ variance: Double) -> Double { -0.5 * (Double(points) * log(variance) + logDeterminant) }
}
