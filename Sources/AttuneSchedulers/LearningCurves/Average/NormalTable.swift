#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The normal distribution function from -16 to 16 in steps of 1/32, each with its slope by step: to 1e-8, and in tails to 1e-4 of itself.
enum NormalTable {
  /// 1025 pairs.
  static let pairs: [Double] = (0...1024).flatMap { index -> [Double] in
    let x = Double(index) / 32 - 16
    return [0.5 * erfc(-x / 2.0.squareRoot()), exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() / 32]
  }
}
