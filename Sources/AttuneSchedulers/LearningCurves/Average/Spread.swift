/// Middle and spread of a few numbers, of which some may be far off.
struct Spread: Sendable {
  /// Their median; 0 of none.
  let median: Double
  /// Their deviation: that of a normal distribution with the same quartiles, at least a quarter of the true one; 0 of fewer than two.
  let deviation: Double

  init(_ numbers: [Double]) {
    let sorted = numbers.sorted()
    guard let lowest = sorted.first, let highest = sorted.last else {
      (median, deviation) = (0, 0)
      return
    }
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let index = min(Int(place), sorted.count - 2)
      return sorted.count == 1 ? lowest : sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
    }
    median = quantile(0.5)
    let range = highest - lowest
    guard sorted.count > 1, range > 0 else {
      deviation = 0
      return
    }
    let mean = sorted.reduce(0) { $0 + ($1 - lowest) / range } / Double(sorted.count)
    let variance = sorted.reduce(0) { $0 + (($1 - lowest) / range - mean) * (($1 - lowest) / range - mean) } / Double(sorted.count - 1)
    deviation = max((quantile(0.75) - quantile(0.25)) / 1.349, 0.25 * range * variance.squareRoot())
  }
}
