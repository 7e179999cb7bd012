/// The unit in which a curve's values are given to models that expect accuracies.
///
/// Values between 0 and 1 stay as they are. Others, such as rewards, percentages and negated losses, are moved and scaled so that
/// the lowest one seen is 0.1 and the highest 0.7.
struct CurveUnit: Sendable {
  /// One unit, in the curve's own.
  let size: Double
  private let origin: Double

  /// - Precondition: the values are finite.
  init(_ values: [Double]) {
    let lowest = values.min() ?? 0
    let highest = values.max() ?? 1
    // Halves first: the difference of huge values is not finite.
    let span = 2 * (highest / 2 - lowest / 2)
    if (lowest >= 0 && highest <= 1) || span == 0 || !span.isFinite {
      (size, origin) = (1, 0)
    } else {
      size = span / 0.6
      origin = lowest - span / 6
    }
  }

  func scaled(_ value: Double) -> Double { (value - origin) / size }
  func original(_ value: Double) -> Double { value * size + origin }
}
