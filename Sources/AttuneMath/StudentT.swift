import Foundation

/// Student's t distribution.
public struct StudentT: Sendable {
  /// Degrees of freedom, above 0.
  public let degrees: Double

  /// - Precondition: `degrees > 0`.
  public init(degrees: Double) {
    precondition(degrees > 0, "degrees of freedom must be above 0; got \(degrees)")
    self.degrees = degrees
  }

  /// P(T ≤ t), to about 1e-14.
  /// Source: Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 26.7.1.
  public func probability(below t: Double) -> Double {
    if t.isInfinite { return t > 0 ? 1 : 0 }
    let tail = 0.5 * Self.incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// I_x(a, b), by its continued fraction (Abramowitz & Stegun 26.5.8) in Lentz's form.
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    // The fraction converges quickly on this side only.
    if x < (a + 1) / (a + b + 2) { return front * fraction(x, a, b) / a }
    return 1 - front * fraction(1 - x, b, a) / b
  }

  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...300 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      let factor = d * c
      result *= factor
      if abs(factor - 1) < 1e-15 { break }
    }
    return result
  }
}
