import AttuneCore

/// Another trial's curve, smoothed, as a shape that this one may follow.
struct CurveTemplate: Sendable {
  /// Points kept of a long curve.
  static let limit = 256

  /// Ascending.
  private let steps: [Double]
  private let values: [Double]

  /// - Returns: `nil` for a curve with less than two finite values.
  init?(_ curve: LearningCurve) {
    let finite = curve.values.indices.filter { curve.values[$0].isFinite }
    guard finite.count >= 2 else { return nil }
    let smooth = Self.smoothed(finite.map { curve.values[$0] }, at: finite.map { Double(curve.steps[$0]) })
    let count = min(finite.count, Self.limit)
    let kept = (0..<count).map { $0 * (finite.count - 1) / (count - 1) }
    steps = kept.map { Double(curve.steps[finite[$0]]) }
    values = kept.map { smooth[$0] }
  }

  /// Its last step.
  var end: Double { steps[steps.count - 1] }

  /// Its value at ascending steps: on straight lines between its points, and at its ends what it has there.
  func values(at asked: [Double]) -> [Double] {
    var next = 0
    return asked.map { step in
      while next < steps.count, steps[next] < step { next += 1 }
      if next == steps.count { return values[next - 1] }
      if next == 0 { return values[0] }
      let share = (step - steps[next - 1]) / (steps[next] - steps[next - 1])
      return values[next - 1] + share * (values[next] - values[next - 1])
    }
  }

  /// Means over the neighbours within 15 % of a step's number, as many before as behind, so that a slope stays what it is.
  private static func smoothed(_ values: [Double], at steps: [Double]) -> [Double] {
    var low = 0
    var high = 0
    return values.indices.map { index in
      while steps[low] < 0.85 * steps[index] { low += 1 }
      while high + 1 < steps.count, steps[high + 1] <= 1.15 * steps[index] { high += 1 }
      let reach = min(index - low, high - index, 16)
      guard reach > 0 else { return values[index] }
      var sum = 0.0
      for neighbour in (index - reach)...(index + reach) { sum += values[neighbour] / Double(2 * reach + 1) }
      return sum
    }
  }
}
