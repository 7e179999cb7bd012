import AttuneCore
import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Predicts by a power law c − a x^−α fitted to the curve alone, with a normal distribution around it.
///
/// The exponent is found on a grid and refined; c and a then follow by linear least squares. The deviation holds the noise left over and the
/// uncertainty of all three, by their first derivatives.
/// When to use it: as a baseline that looks at the shape of a curve, or for the first trials, when no other curves are known.
/// When not to use it: for curves that rise late or change their course, as when a learning rate drops.
public struct PowerLaw: CurvePredictor {
  private static let exponents = 0.05...4.0
  /// Points beyond which a curve is thinned.
  private static let pointLimit = 1_000

  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// - Returns: `nil` with fewer than four finite points, and for curves that have diverged.
  /// - Complexity: O(points), some eighty times, and O(steps asked).
  public func predict(_ request: CurveRequest) -> CurvePrediction? {
    guard var points = CurvePoints(request.curve), points.values.count >= 4 else { return nil }
    if points.isConstant { return points.flatPrediction(request) }
    let least = points.leastDeviation
    points.thin(to: Self.pointLimit)
    let unit = CurveUnit(points.values)
    let law = Fit(points.positions, points.values.map(unit.scaled), exponents: Self.exponents)
    guard let spread = Cholesky(law.information) else { return nil }
    var means: [Double] = []
    var deviations: [Double] = []
    for step in request.steps {
      let x = points.position(of: step)
      let slopes = law.slopes(at: x)
      let doubt = zip(slopes, spread.solve(slopes)).reduce(0) { $0 + $1.0 * $1.1 }
      means.append(unit.original(law.value(at: x)))
      deviations.append(max(least, unit.size * (law.variance * (1 + doubt)).squareRoot()))
    }
    guard (means + deviations).allSatisfy(\.isFinite) else { return nil }
    let chances = request.target.map { target in
      means.indices.map { NormalTail.probability(of: target, mean: means[$0], deviation: deviations[$0]) }
    }
    return CurvePrediction(mean: means, deviation: deviations, probability: chances ?? [])
  }
}

/// The power law of least squares.
private struct Fit {
  private var exponent = 1.0
  private var limit = 0.0
  private var height = 0.0
  private var squares = Double.infinity
  private let positions: [Double]

  init(_ x: [Double], _ y: [Double], exponents: ClosedRange<Double>) {
    positions = x
    let low = log(exponents.lowerBound)
    let high = log(exponents.upperBound)
    let grid = 40
    for index in 0...grid { attempt(exp(low + (high - low) * Double(index) / Double(grid)), x, y) }
    // Around the best of the grid, ever closer.
    var reach = (high - low) / Double(grid)
    while reach > 1e-4 {
      reach /= 2
      let middle = log(exponent)
      for side in [-reach, reach] { attempt(exp(min(max(middle + side, low), high)), x, y) }
    }
  }

  /// The noise's variance, over the points that are more than the law's numbers.
  var variance: Double { squares / Double(positions.count - 3) }

  func value(at x: Double) -> Double { limit - height * pow(x, -exponent) }

  /// By limit, height and exponent.
  func slopes(at x: Double) -> [Double] {
    let power = pow(x, -exponent)
    return [1, -power, height * power * log(x)]
  }

  /// The products of the slopes over all points, with a hair on the diagonal: a straight piece of a curve does not tell the three apart.
  var information: Matrix {
    var matrix = Matrix(rows: 3, columns: 3)
    for x in positions {
      let slopes = slopes(at: x)
      for row in 0..<3 { for column in 0..<3 { matrix[row, column] += slopes[row] * slopes[column] } }
    }
    for row in 0..<3 { matrix[row, row] += 1e-9 * max(matrix[0, 0], matrix[row, row]) }
    return matrix
  }

  /// Takes an exponent when its squares are less.
  private mutating func attempt(_ exponent: Double, _ x: [Double], _ y: [Double]) {
    let powers = x.map { pow($0, -exponent) }
    let count = Double(x.count)
    let meanPower = powers.reduce(0, +) / count
    let meanValue = y.reduce(0, +) / count
    var together = 0.0
    var alone = 0.0
    for index in x.indices {
      together += (powers[index] - meanPower) * (y[index] - meanValue)
      alone += (powers[index] - meanPower) * (powers[index] - meanPower)
    }
    guard alone > 0 else { return }
    let slope = together / alone
    let start = meanValue - slope * meanPower
    var rest = 0.0
    for index in x.indices {
      let difference = y[index] - start - slope * powers[index]
      rest += difference * difference
    }
    if rest < squares { (self.exponent, limit, height, squares) = (exponent, start, -slope, rest) }
  }
}
