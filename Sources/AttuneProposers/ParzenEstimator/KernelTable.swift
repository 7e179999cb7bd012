import AttuneCore
import Foundation

/// Kernels on an axis of few values: the probability of every value from every value.
struct KernelTable: Sendable {
  /// How many values.
  let count: Int
  /// A row for each value a kernel may stand at, a column for each value of the point; at the end the row of a kernel that stands nowhere.
  let probabilities: [Double]
  /// Of the probabilities, laid out like them.
  let logarithms: [Double]
  /// Where the values stand, ascending.
  private let units: [Double]

  private init(_ probabilities: [Double], _ units: [Double]) {
    count = units.count
    self.units = units
    self.probabilities = probabilities
    logarithms = probabilities.map(log)
  }

  /// Values in an order: a normal distribution's share of each value's interval.
  /// - Parameter units: where the values stand, ascending.
  init(ordered units: [Double], range: ClosedRange<Double>, bandwidth: Double) {
    let edges = [0] + zip(units, units.dropFirst()).map { ($0 + $1) / 2 } + [1]
    let isAllowed = units.map(range.contains)
    let everywhere = 1 / Double(max(isAllowed.count { $0 }, 1))
    var probabilities: [Double] = []
    for centre in units {
      let below = edges.map { NormalTable.probability(below: ($0 - centre) / bandwidth) }
      let shares = units.indices.map { isAllowed[$0] ? max(below[$0 + 1] - below[$0], 1e-12) : 0 }
      let total = shares.reduce(0, +)
      probabilities += shares.map { $0 / total }
    }
    self.init(probabilities + isAllowed.map { $0 ? everywhere : 0 }, units)
  }

  /// Values without an order: the kernel's own, or any other alike.
  ///
  /// Source: Aitchison and Aitken, "Multivariate binary discrimination by the kernel method" (Biometrika 1976).
  init(unordered count: Int, allowed: [Int], same: Double, other: Double) {
    var probabilities = [Double](repeating: 0, count: (count + 1) * count)
    for column in allowed {
      for row in 0..<count { probabilities[row * count + column] = row == column ? same : other }
      probabilities[count * count + column] = 1 / Double(allowed.count)
    }
    self.init(probabilities, (0..<count).map { (Double($0) + 0.5) / Double(count) })
  }

  /// The number of the value at a coordinate, from 0; that of the last row for `nil`.
  func row(of unit: Double?) -> Int {
    guard let unit else { return count }
    // Right at once where values stand evenly, as they do on every linear scale.
    var row = min(max(Int(unit * Double(count)), 0), count - 1)
    while row > 0, abs(units[row - 1] - unit) < abs(units[row] - unit) { row -= 1 }
    while row < count - 1, abs(units[row + 1] - unit) < abs(units[row] - unit) { row += 1 }
    return row
  }

  /// The coordinate of the value at that share of a row's probability.
  /// - Parameter share: in 0 ..< 1.
  func unit(at share: Double, inRow row: Int) -> Double {
    var left = share
    var drawn = 0
    for column in 0..<count where probabilities[row * count + column] > 0 {
      drawn = column
      left -= probabilities[row * count + column]
      if left < 0 { break }
    }
    return units[drawn]
  }
}
