import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A growing function that makes values easier to model: log(1 + (y − least) / scale), or y itself.
///
/// A small scale spreads out the values near the best one and pulls in the bad ones; where a search has come near the optimum, scales
/// shrink with what separates the values, and differences count that were nothing beside the first trials'. Which one is right is
/// judged by how likely it makes the values (Snelson, Rasmussen, Ghahramani: Warped Gaussian processes, 2003).
struct OutputWarp: Hashable, Sendable {
  /// The least value.
  let least: Double
  /// `nil` leaves values as they are, in units of their spread.
  let scale: Double?
  private let spread: Double

  /// Leaves values as they are, but for their unit.
  static func none(for values: [Double]) -> OutputWarp {
    let least = values.min() ?? 0, most = values.max() ?? 1
    return OutputWarp(least: least, scale: nil, spread: most > least ? most - least : 1)
  }

  /// The candidate under which the values are most likely, the covariances given.
  static func mostLikely(for values: [Double], under hyperparameters: Hyperparameters, at points: ModelPoints) -> OutputWarp {
    let linear = none(for: values)
    guard let factor = Cholesky(hyperparameters.covariances(of: points).values) else { return linear }
    let sorted = values.sorted()
    let unit = max(sorted[sorted.count / 2] - linear.least, linear.spread * 1e-12)
    let scaled = [3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001].map { OutputWarp(least: linear.least, scale: $0 * unit, spread: linear.spread) }
    var best = (warp: linear, cost: Double.infinity)
    for warp in [linear] + scaled {
      let variance = ProfiledMean(factor, values.map { warp($0) }).variance
      let cost = 0.5 * Double(values.count) * log(variance) - warp.logSlopes(at: values)
      if cost < best.cost { best = (warp, cost) }
    }
    return best.warp
  }

  func callAsFunction(_ value: Double) -> Double {
    guard let scale else { return (value - least) / spread }
    return log1p((value - least) / scale)
  }

  /// log of the slope at each value, summed.
  func logSlopes(at values: [Double]) -> Double {
    guard let scale else { return -Double(values.count) * log(spread) }
    return -values.reduce(0) { $0 + log(scale + $1 - least) }
  }
}
