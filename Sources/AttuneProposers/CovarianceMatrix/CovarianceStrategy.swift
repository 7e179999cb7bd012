import AttuneMath
import Foundation

/// A normal distribution that moves to where the better points were: (µ/µ_w, λ)-CMA-ES with active update. Numbers in, numbers out.
///
/// Source: Hansen, "The CMA evolution strategy: a tutorial" (2016). Points that were not drawn from the distribution, or not from this
/// generation of it, are taken in as well, drawn near where they lie too far out: Hansen, "Injecting external solutions into CMA-ES" (2011).
struct CovarianceStrategy: Sendable {
  private(set) var mean: [Double]
  /// The step size.
  private(set) var sigma: Double
  private(set) var matrix: CovarianceMatrix
  private(set) var generation = 0
  /// Members of a generation.
  let population: Int
  private let rates: LearningRates
  private var stepPath: [Double]
  private var matrixPath: [Double]

  /// A distribution of equal deviation along every coordinate.
  /// - Precondition: at least one coordinate, and two members.
  init(mean: [Double], sigma: Double, population: Int) {
    self.mean = mean
    self.sigma = sigma
    self.population = population
    matrix = CovarianceMatrix(size: mean.count)
    rates = LearningRates(coordinates: mean.count, members: population, isDiagonal: matrix.isDiagonal)
    stepPath = [Double](repeating: 0, count: mean.count)
    matrixPath = stepPath
  }

  /// The standard deviation of a coordinate.
  func deviation(_ index: Int) -> Double { sigma * matrix.variance(index).squareRoot() }

  /// The largest standard deviation of a coordinate.
  var largestDeviation: Double { sigma * (mean.indices.map(matrix.variance).max() ?? 0).squareRoot() }

  /// A point.
  func draw(using random: inout RandomStream) -> [Double] {
    zip(mean, matrix.colored(mean.map { _ in random.nextNormal() })).map { $0 + sigma * $1 }
  }

  /// Takes in a generation.
  /// - Parameter ranked: points, the best first; fewer than `population` where some are of no use. One alone teaches nothing.
  mutating func learn(ranked: [[Double]]) {
    guard ranked.count > 1 else { return }
    let rates =
      ranked.count == population ? rates : LearningRates(coordinates: mean.count, members: ranked.count, isDiagonal: matrix.isDiagonal)
    generation += 1
    let n = Double(mean.count)
    let farthest = n.squareRoot() + 2 * n / (n + 2)
    let members = ranked.map { point in
      let step = zip(point, mean).map { ($0 - $1) / sigma }
      let length = norm(matrix.whitened(step))
      return length > farthest ? (step: step.map { $0 * farthest / length }, length: farthest) : (step: step, length: length)
    }
    var shift = [Double](repeating: 0, count: mean.count)
    for (weight, member) in zip(rates.weights, members) where weight > 0 { for i in shift.indices { shift[i] += weight * member.step[i] } }
    for i in mean.indices { mean[i] += sigma * shift[i] }
    let isCalm = walk(shift, rates)
    let stalled = isCalm ? 0 : rates.rankOne * rates.matrixPath * (2 - rates.matrixPath)
    // A member that was worse shrinks the matrix along its step, the same for a long step as for a short one.
    let weighted = zip(rates.weights, members).map { weight, member in
      (weight: rates.rankMany * (weight < 0 ? weight * n / max(member.length * member.length, 1e-12) : weight), vector: member.step)
    }
    matrix.learn(
      keeping: 1 + stalled - rates.rankOne - rates.rankMany * rates.weights.reduce(0, +), [(rates.rankOne, matrixPath)] + weighted)
    sigma *= exp(min(1, rates.stepPath / rates.damping * (norm(stepPath) / rates.length - 1)))
  }

  /// Brings matrix and margins in order after `learn`: nothing may be drawn before.
  /// - Parameter cell: of a coordinate with few values, the edges of the value that the mean stands at; -∞ and ∞ beyond the last ones.
  mutating func settle(largest: Double, cell: (Int, Double) -> (lower: Double, upper: Double)?) {
    if largestDeviation > largest { sigma *= largest / largestDeviation }
    for index in mean.indices {
      mean[index] = min(max(mean[index], 0), 1)
      if let cell = cell(index, mean[index]) { keepMargin(index, cell) }
    }
    matrix.decompose()
  }

  /// The neighbours of the value that the mean stands at keep a chance of one draw in a generation, all coordinates together.
  ///
  /// Source: Hamano, Saito, Nomura and Shirakawa, "CMA-ES with margin" (2022); the mean is moved towards an edge, the deviation widened.
  private mutating func keepMargin(_ index: Int, _ cell: (lower: Double, upper: Double)) {
    let reach = Self.tailQuantile(0.5 / Double(mean.count * population))
    let width = cell.upper - cell.lower
    if width.isFinite, width > 2 * reach * deviation(index) { matrix.stretch(index, by: width / (2 * reach * deviation(index))) }
    let span = reach * deviation(index)
    if cell.upper.isFinite { mean[index] = max(mean[index], cell.upper - span) }
    if cell.lower.isFinite { mean[index] = min(mean[index], cell.lower + span) }
  }

  /// Moves the two paths on.
  /// - Returns: whether the step size is not growing so fast that the matrix should wait.
  private mutating func walk(_ shift: [Double], _ rates: LearningRates) -> Bool {
    let white = matrix.whitened(shift)
    let stepGain = (rates.stepPath * (2 - rates.stepPath) * rates.mass).squareRoot()
    for i in stepPath.indices { stepPath[i] = (1 - rates.stepPath) * stepPath[i] + stepGain * white[i] }
    let settled = (1 - pow(1 - rates.stepPath, 2 * Double(generation))).squareRoot()
    let isCalm = norm(stepPath) / settled < (1.4 + 2 / (Double(mean.count) + 1)) * rates.length
    let matrixGain = isCalm ? (rates.matrixPath * (2 - rates.matrixPath) * rates.mass).squareRoot() : 0
    for i in matrixPath.indices { matrixPath[i] = (1 - rates.matrixPath) * matrixPath[i] + matrixGain * shift[i] }
    return isCalm
  }

  private func norm(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The number above which a standard normal one lies with that probability, to 5e-4 (Abramowitz and Stegun 26.2.23).
  private static func tailQuantile(_ probability: Double) -> Double {
    let t = (-2 * log(min(probability, 0.5))).squareRoot()
    return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  }
}
