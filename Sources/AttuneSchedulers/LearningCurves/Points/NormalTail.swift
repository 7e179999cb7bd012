#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The normal distribution where answers need it.
enum NormalTail {
  /// The probability that a normal value is `target` or better; a step at the mean when the deviation is 0.
  static func probability(of target: Double, mean: Double, deviation: Double) -> Double {
    guard deviation > 0 else { return mean >= target ? 1 : 0 }
    return 0.5 * erfc((target - mean) / (deviation * 2.0.squareRoot()))
  }
}
