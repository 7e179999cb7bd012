import Foundation

/// How much of a generation each member, and the generation as a whole, may change a distribution.
///
/// Source: Hansen, "The CMA evolution strategy: a tutorial" (2016), table 1 and equations 49–58; for diagonal matrices the factor of Ros
/// and Hansen (2008).
struct LearningRates: Sendable {
  /// Best member first; the better half positive with sum 1, the others negative.
  let weights: [Double]
  /// 1 / Σ of the squared positive weights: how many members the mean rests on.
  let mass: Double
  /// Of the path that the matrix follows, and of the path that the step size follows.
  let matrixPath: Double
  let stepPath: Double
  /// Of the matrix towards its path, and towards the members.
  let rankOne: Double
  let rankMany: Double
  /// Of the step size: larger is slower.
  let damping: Double
  /// The mean length of a standard normal vector.
  let length: Double

  /// - Precondition: at least one coordinate, and two members.
  init(coordinates: Int, members: Int, isDiagonal: Bool) {
    precondition(coordinates >= 1 && members >= 2, "nothing to learn from \(members) members in \(coordinates) coordinates")
    let n = Double(coordinates)
    let raw = (1...members).map { log(Double(members + 1) / 2) - log(Double($0)) }
    let better = raw.filter { $0 > 0 }, worse = raw.filter { $0 < 0 }
    let mass = Self.mass(better)
    matrixPath = (4 + mass / n) / (n + 4 + 2 * mass / n)
    stepPath = (mass + 2) / (n + mass + 5)
    let gain = isDiagonal ? (n + 2) / 3 : 1
    let one = min(0.5, gain * 2 / ((n + 1.3) * (n + 1.3) + mass))
    let many = min(1 - one, gain * 2 * (0.25 + mass + 1 / mass - 2) / ((n + 2) * (n + 2) + mass))
    damping = 1 + 2 * max(0, ((mass - 1) / (n + 1)).squareRoot() - 1) + stepPath
    length = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
    // The negative weights may neither outweigh what is learnt from the better half nor make the matrix lose its definiteness.
    let negative = min(1 + one / many, 1 + 2 * Self.mass(worse) / (mass + 2), (1 - one - many) / (n * many))
    let sums = (better.reduce(0, +), -worse.reduce(0, +))
    weights = raw.map { $0 >= 0 ? $0 / sums.0 : $0 / sums.1 * negative }
    (self.mass, rankOne, rankMany) = (mass, one, many)
  }

  private static func mass(_ weights: [Double]) -> Double {
    let sum = weights.reduce(0, +)
    return sum == 0 ? 0 : sum * sum / weights.reduce(0) { $0 + $1 * $1 }
  }
}
