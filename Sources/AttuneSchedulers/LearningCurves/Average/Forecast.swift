import AttuneCore
import CAttuneKernels

/// The sum of the members at the points to come, in the models' units.
struct Forecast: Sendable {
  private let weight: [Double]
  private let mean: [Double]
  private let square: [Double]
  private let chance: [Double]?

  init(_ members: [attune_member], _ basis: CurveBasis, target: Double?) {
    let zeros = [Double](repeating: 0, count: basis.points)
    var (weight, mean, square, chance) = (zeros, zeros, zeros, zeros)
    if let target {
      attune_average_forecast(
        members, members.count, basis.future, basis.distances, basis.points, target, NormalTable.pairs, &weight, &mean, &square, &chance)
    } else {
      attune_average_forecast(
        members, members.count, basis.future, basis.distances, basis.points, 0, nil, &weight, &mean, &square, &chance)
    }
    (self.weight, self.mean, self.square, self.chance) = (weight, mean, square, target == nil ? nil : chance)
  }

  /// In the curve's units.
  /// - Returns: `nil` when it is not finite.
  func prediction(shift: Double, scale: Double, least: Double, steps: Int) -> CurvePrediction? {
    var (means, deviations, chances) = ([Double](), [Double](), [Double]())
    for step in 0..<steps {
      let average = mean[step] / weight[step]
      let variance = max(0, square[step] / weight[step] - average * average)
      means.append(shift + scale * average)
      deviations.append(max(scale * variance.squareRoot(), least))
      if let chance { chances.append(min(1, max(0, chance[step] / weight[step]))) }
    }
    guard (means + deviations + chances).allSatisfy(\.isFinite) else { return nil }
    return CurvePrediction(mean: means, deviation: deviations, probability: chances)
  }
}
