import AttuneCore

/// The finite points of a curve as predictors work with them: positions count in usual strides, so that steps 2000, 4000, 6000 are 1, 2, 3.
struct CurvePoints: Sendable {
  /// The usual distance of two values, in steps.
  let stride: Double
  /// Ascending, above 0.
  private(set) var positions: [Double]
  /// The value at each position, finite.
  private(set) var values: [Double]
  private let shift: Double

  /// - Returns: `nil` when the curve is empty, or its last value is not finite: it has diverged, and what was before says nothing.
  init?(_ curve: LearningCurve) {
    guard let first = curve.steps.first, let last = curve.values.last, last.isFinite else { return nil }
    let distances = zip(curve.steps.dropFirst(), curve.steps).map { $0 - $1 }.sorted()
    let stride = Double(max(1, distances.isEmpty ? first : distances[(distances.count - 1) / 2]))
    self.stride = stride
    // The first point stands at 1 or later: models have poles at 0.
    let shift = max(0, 1 - Double(first) / stride)
    self.shift = shift
    let finite = curve.values.indices.filter { curve.values[$0].isFinite }
    positions = finite.map { Double(curve.steps[$0]) / stride + shift }
    values = finite.map { curve.values[$0] }
  }

  /// Where a step stands among the positions.
  func position(of step: Int) -> Double { Double(step) / stride + shift }

  /// Keeps at most `limit` points, at least 2, evenly by number, the first and the last among them.
  mutating func thin(to limit: Int) {
    precondition(limit >= 2, "a curve is thinned to 2 points at least; got \(limit)")
    guard positions.count > limit else { return }
    let kept = (0..<limit).map { $0 * (positions.count - 1) / (limit - 1) }
    positions = kept.map { positions[$0] }
    values = kept.map { values[$0] }
  }

  /// The root mean square of the last differences of neighbours, ten at most; `nil` with a single point.
  var unrest: Double? {
    let differences = zip(values.dropFirst(), values).suffix(10).map { $0 - $1 }
    guard let largest = differences.map(abs).max() else { return nil }
    guard largest > 0 else { return 0 }
    // Squares of parts of the largest: those of huge values would be infinite.
    return largest * (differences.reduce(0) { $0 + ($1 / largest) * ($1 / largest) } / Double(differences.count)).squareRoot()
  }

  /// Whether the values differ by no more than rounding.
  var isConstant: Bool {
    guard let lowest = values.min(), let highest = values.max() else { return true }
    return highest - lowest <= 1e-12 * max(abs(lowest), abs(highest))
  }

  /// The answer about a constant curve: that it stays so.
  func flatPrediction(_ request: CurveRequest) -> CurvePrediction? {
    values.last.map { last in
      let chance = request.target.map { NormalTail.probability(of: $0, mean: last, deviation: leastDeviation) }
      return CurvePrediction(
        mean: request.steps.map { _ in last }, deviation: request.steps.map { _ in leastDeviation },
        probability: chance.map { chance in request.steps.map { _ in chance } } ?? [])
    }
  }

  /// The least deviation that an answer about such a curve claims: of a constant curve, too, somebody takes logarithms.
  var leastDeviation: Double { max(1e-6 * (values.map(abs).max() ?? 0), 1e-12) }
}

extension LearningCurve {
  /// The value at a step, on a straight line between the points around it; `nil` outside the curve or where a point around is not finite.
  func value(at step: Int) -> Double? {
    var low = 0
    var high = steps.count
    while low < high {
      let middle = (low + high) / 2
      if steps[middle] < step { low = middle + 1 } else { high = middle }
    }
    guard low < steps.count, values[low].isFinite else { return nil }
    if steps[low] == step { return values[low] }
    guard low > 0, values[low - 1].isFinite else { return nil }
    let share = Double(step - steps[low - 1]) / Double(steps[low] - steps[low - 1])
    return values[low - 1] + share * (values[low] - values[low - 1])
  }
}
