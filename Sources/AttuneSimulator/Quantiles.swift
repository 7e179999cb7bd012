import AttuneMath

/// Numbers in order, for their quantiles. Between two of them it is linear.
public struct Quantiles: Hashable, Sendable {
  private let sorted: [Double]

  /// - Complexity: O(n log n).
  public init(_ numbers: some Sequence<Double>) { sorted = numbers.sorted() }

  /// How many there are.
  public var count: Int { sorted.count }
  /// The middle.
  public var median: Double { self[0.5] }

  /// - Parameter share: of the numbers that are no greater, 0...1.
  /// - Returns: nan when there are no numbers.
  public subscript(share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count, place > Double(index) else { return index < sorted.count ? sorted[index] : last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }
}

/// The ratio of two means over the same repeats, and where it lies in 90 % of resampled repeats (percentile bootstrap; pairs are drawn
/// together).
///
/// Source: Efron and Tibshirani, "An introduction to the bootstrap" (1993), §13.
public struct PairedRatio: Hashable, Sendable {
  /// Of the means.
  public let ratio: Double
  /// The ends of the interval.
  public let interval: ClosedRange<Double>

  /// - Precondition: as many on both sides, at least one.
  public init(_ above: [Double], _ below: [Double], seed: UInt64) {
    precondition(above.count == below.count && !above.isEmpty, "a paired ratio needs as many numbers on both sides")
    ratio = above.reduce(0, +) / below.reduce(0, +)
    interval = Resampling.interval(repeats: above.count, seed: seed) { draw in
      draw.reduce(0) { $0 + above[$1] } / draw.reduce(0) { $0 + below[$1] }
    }
  }
}

/// The mean of differences over repeats, and where it lies in 90 % of resampled repeats (percentile bootstrap).
public struct PairedMean: Hashable, Sendable {
  /// The mean.
  public let mean: Double
  /// The ends of the interval.
  public let interval: ClosedRange<Double>

  /// - Precondition: at least one.
  public init(_ differences: [Double], seed: UInt64) {
    precondition(!differences.isEmpty, "a mean needs a number")
    mean = differences.reduce(0, +) / Double(differences.count)
    interval = Resampling.interval(repeats: differences.count, seed: seed) { draw in
      draw.reduce(0) { $0 + differences[$1] } / Double(draw.count)
    }
  }
}

/// Repeats drawn with replacement.
private enum Resampling {
  static let draws = 2000

  static func interval(repeats: Int, seed: UInt64, _ statistic: ([Int]) -> Double) -> ClosedRange<Double> {
    var random = RandomStream(seed: seed, purpose: "bootstrap", index: repeats)
    var draw = Array(repeating: 0, count: repeats)
    let values = (0..<draws).map { _ in
      for index in draw.indices { draw[index] = Int.random(in: 0..<repeats, using: &random) }
      return statistic(draw)
    }
    let quantiles = Quantiles(values.filter { !$0.isNaN })
    let (low, high) = (quantiles[(1 - Comparison.confidence) / 2], quantiles[(1 + Comparison.confidence) / 2])
    return low <= high ? low...high : 0...Double.infinity
  }
}
