import AttuneCore

/// The finite values of a curve by their steps, and where steps stand in usual strides.
struct FinitePoints: Sendable {
  /// Points of a curve that are compared with models: of a longer one as many, evenly by number, the first and the last among them.
  static let limit = 40

  /// Ascending.
  let steps: [Double]
  /// Finite.
  let values: [Double]
  /// The same as other predictors take them.
  let points: CurvePoints

  /// - Returns: `nil` when the curve is empty or its last value is not finite.
  init?(_ curve: LearningCurve) {
    guard let points = CurvePoints(curve) else { return nil }
    let finite = curve.values.indices.filter { curve.values[$0].isFinite }
    steps = finite.map { Double(curve.steps[$0]) }
    values = finite.map { curve.values[$0] }
    self.points = points
  }

  /// Where a step stands among positions, which begin at 1 or later.
  func position(of step: Double) -> Double { points.position(of: Int(step)) }

  /// Indices of the first `count` points, thinned.
  func prefix(_ count: Int) -> [Int] {
    let count = min(count, steps.count)
    guard count > Self.limit else { return Array(0..<count) }
    return (0..<Self.limit).map { $0 * (count - 1) / (Self.limit - 1) }
  }
}
