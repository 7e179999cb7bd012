#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is expected of hyperparameters before anything was seen, in units of the unit cube and of the variance of what is modelled.
///
/// The logarithms of the weights (1 / length scale²) are normal about a common level, which is normal about a middle that falls with the
/// dimension, as squared distances grow with it (Hvarfner, Hellsten, Nardi: Vanilla Bayesian optimization performs great in high
/// dimensions, 2024). The common level is what lets few trials in many dimensions teach anything: were the axes independent of one
/// another, those on which by chance nothing has been seen would explain every surprise.
struct HyperparameterPrior: Sendable {
  private let middle: Double
  private let levelDeviation = 2.5
  private let ownDeviation = 0.5
  /// The logarithm of the noise as a share of the variance.
  private let noise = (middle: -11.0, deviation: 4.0)
  /// Bounds of the logarithm of a weight.
  let weightRange: ClosedRange<Double> = -14...11
  /// Bounds of the logarithm of the noise. A model that may call everything noise will do so before there is enough to see a slope by.
  let noiseRange: ClosedRange<Double> = -23 ... -2

  /// For so many axes.
  init(axes: Int) { middle = -1 - log(Double(max(axes, 1))) }

  /// Where fits begin that have nothing to begin with: a little rougher than expected.
  func start(_ kind: Covariance.Kind, axes: Int) -> Hyperparameters {
    Hyperparameters(kind, logarithms: [Double](repeating: middle + 2, count: axes) + [noise.middle + 2])
  }

  /// Minus the log density up to a constant, and its slopes, which are added to `slopes`.
  /// - Parameter logarithms: the weights', then the noise's.
  func cost(of logarithms: [Double], slopes: inout [Double]) -> Double {
    let axes = logarithms.count - 1
    let own = 1 / (ownDeviation * ownDeviation), common = 1 / (levelDeviation * levelDeviation)
    // The common level at its best: for normal densities, that and averaging over it differ by a constant.
    let level = (own * logarithms.prefix(axes).reduce(0, +) + common * middle) / (own * Double(axes) + common)
    var cost = 0.5 * common * (level - middle) * (level - middle)
    for axis in 0..<axes {
      let distance = logarithms[axis] - level
      cost += 0.5 * own * distance * distance
      slopes[axis] += own * distance
    }
    let distance = (logarithms[axes] - noise.middle) / noise.deviation
    slopes[axes] += distance / noise.deviation
    return cost + 0.5 * distance * distance
  }
}
