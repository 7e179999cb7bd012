import AttuneCore

/// Predicts the last value seen, plus what other curves gained from here to there.
///
/// Mean and spread of the gains are those of the other curves that reach both steps. Where fewer than two do, it guesses that nothing
/// changes, with a spread that grows like a random walk's from the curve's own unrest.
/// When to use it: as the baseline that any predictor has to beat, and where curves keep their order.
/// When not to use it: when only good trials were allowed to go on, for then their gains are everybody's.
public struct LastValue: CurvePredictor {
  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// - Returns: `nil` when the curve is empty or its last value is not finite, and for a single point of which other curves know nothing.
  /// - Complexity: O(others · steps asked · log length).
  public func predict(_ request: CurveRequest) -> CurvePrediction? {
    guard let points = CurvePoints(request.curve), let here = request.curve.steps.last, let last = points.values.last else { return nil }
    let known = request.others.compactMap { curve in curve.value(at: here).map { (curve: curve, start: $0) } }
    var means: [Double] = []
    var deviations: [Double] = []
    for step in request.steps {
      let gains = known.compactMap { other in other.curve.value(at: step).map { $0 - other.start } }
      guard let guess = guess(gains) ?? flat(points, strides: Double(step - here) / points.stride) else { return nil }
      means.append(last + guess.gain)
      deviations.append(max(guess.deviation, points.leastDeviation))
    }
    let probabilities = request.target.map { target in
      means.indices.map { NormalTail.probability(of: target, mean: means[$0], deviation: deviations[$0]) }
    }
    return CurvePrediction(mean: means, deviation: deviations, probability: probabilities ?? [])
  }

  /// The mean gain, and the deviation of one more gain from it.
  private func guess(_ gains: [Double]) -> (gain: Double, deviation: Double)? {
    guard gains.count >= 2 else { return nil }
    let count = Double(gains.count)
    let mean = gains.reduce(0, +) / count
    let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return (mean, (variance * (1 + 1 / count)).squareRoot())
  }

  private func flat(_ points: CurvePoints, strides: Double) -> (gain: Double, deviation: Double)? {
    points.unrest.map { (0, $0 * max(1, strides).squareRoot()) }
  }
}
