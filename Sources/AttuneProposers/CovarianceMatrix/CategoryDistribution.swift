import AttuneMath

/// The chance of each value of a parameter without order, which follows the better members of a generation.
///
/// No value's chance falls below a margin, so that a value that was unlucky once comes again: after Hamano et al., "CatCMA" (2024), with a
/// plain step instead of their natural gradient of adaptive length, which needs more generations than a search of a hundred trials has, and
/// a smaller margin, which costs two values 1 trial in 10 instead of 1 in 4.
struct CategoryDistribution: Sendable {
  /// One for each value, with sum 1; 0 where a value may not be proposed.
  private(set) var chances: [Double]
  private let isAllowed: [Bool]
  private let margin: Double

  /// Equal chances.
  /// - Parameters:
  ///   - allowed: the values that may be proposed; `nil` for all.
  ///   - categories: how many parameters without order there are.
  init(count: Int, allowed: [Int]?, categories: Int) {
    let allowed = allowed.map(Set.init)
    isAllowed = (0..<count).map { allowed?.contains($0) ?? true }
    let total = max(1, isAllowed.count { $0 })
    chances = isAllowed.map { $0 ? 1 / Double(total) : 0 }
    margin = total > 1 ? 0.1 / Double(categories * (total - 1)) : 0
  }

  /// A value.
  func draw(using random: inout RandomStream) -> Int {
    var rest = random.nextUnit()
    for (value, chance) in chances.enumerated() where chance > 0 {
      if rest < chance { return value }
      rest -= chance
    }
    return chances.lastIndex { $0 > 0 } ?? 0
  }

  /// Moves the chances towards the values that better members have.
  /// - Parameter rate: how far, in 0...1.
  mutating func learn(_ chosen: [(value: Int, weight: Double)], rate: Double) {
    let mass = chosen.reduce(0) { $0 + $1.weight }
    guard mass > 0 else { return }
    for value in chances.indices { chances[value] *= 1 - rate * mass }
    for (value, weight) in chosen where isAllowed[value] { chances[value] += rate * weight }
    keepMargin()
  }

  private mutating func keepMargin() {
    for value in chances.indices where isAllowed[value] { chances[value] = max(chances[value], margin) }
    let sum = chances.reduce(0, +)
    // What the margin gave is taken from what lies above it, in proportion.
    let spare = chances.reduce(0) { $0 + max(0, $1 - margin) }
    guard sum > 1, spare > 0 else {
      for value in chances.indices { chances[value] /= sum }
      return
    }
    for value in chances.indices where chances[value] > margin { chances[value] -= (sum - 1) * (chances[value] - margin) / spare }
  }
}
