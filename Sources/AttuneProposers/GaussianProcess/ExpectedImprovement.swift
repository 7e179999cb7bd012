#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The logarithm of the expected improvement, which tells better from worse where the improvement itself is zero to rounding.
///
/// Source: Ament, Daulton, Eriksson, Balandat, Bakshy: Unexpected improvements to expected improvement (2023).
enum ExpectedImprovement {
  /// log E[max(0, best − value)] for a normal value, and its slopes by the value's mean and by its standard deviation.
  static func logarithm(mean: Double, deviation: Double, best: Double) -> (value: Double, byMean: Double, byDeviation: Double) {
    let z = (best - mean) / deviation
    let (helper, ratio) = logHelper(z)
    // d log h(z) = Φ/h dz, with z falling as the mean and the deviation grow.
    return (helper + log(deviation), -ratio / deviation, (1 - ratio * z) / deviation)
  }

  /// How much of what another trial shows would be new, as a logarithm, and its slope by the variance: near 0 without noise, far below
  /// it where trials before have shown all but the noise. Without it, a search in noise repeats the best trial for ever.
  ///
  /// Source: Huang, Allen, Notz, Zeng: Global optimization of stochastic black-box systems via sequential kriging meta-models (2006).
  static func logNews(variance: Double, noise: Double) -> (value: Double, byVariance: Double) {
    let total = variance + noise
    let root = (noise / total).squareRoot()
    // 1 − root, without cancellation.
    let news = variance / (total * (1 + root))
    return (log(news), 0.5 * root / (total * news))
  }

  /// log h(z) for h(z) = φ(z) + z Φ(z), and Φ(z) / h(z).
  static func logHelper(_ z: Double) -> (value: Double, ratio: Double) {
    let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    if z > -5 {
      let probability = 0.5 * erfc(-z / 2.0.squareRoot())
      let helper = density + z * probability
      return (log(helper), probability / helper)
    }
    // Mills' ratio R = Φ(z)/φ(z) by its continued fraction 1/(t + 1/(t + 2/(t + …))), t = −z; h = φ (1 − t R), where 1 − t R cancels:
    // with R = 1/(t + c), it is c/(t + c).
    let t = -z
    var tail = t
    for step in (2...40).reversed() { tail = t + Double(step) / tail }
    let c = 1 / tail
    return (-z * z / 2 - 0.5 * log(2 * Double.pi) + log(c / (t + c)), 1 / c)
  }

  /// log Φ(z), and its slope.
  static func logProbability(_ z: Double) -> (value: Double, slope: Double) {
    if z > -5 {
      let probability = 0.5 * erfc(-z / 2.0.squareRoot())
      return (log(probability), exp(-z * z / 2) / (2 * Double.pi).squareRoot() / probability)
    }
    let t = -z
    var tail = t
    for step in (1...40).reversed() { tail = t + Double(step) / tail }
    return (-z * z / 2 - 0.5 * log(2 * Double.pi) - log(tail), tail)
  }
}
