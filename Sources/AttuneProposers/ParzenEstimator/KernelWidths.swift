import AttuneCore
import Foundation

/// How wide kernels are: Scott's rule for the number of good configurations, in the proportions of their extents.
struct KernelWidths {
  /// One for each axis, in coordinates.
  let widths: [Double]

  /// Narrower than this share of a range no kernel gets, or nothing near a good configuration would ever be tried again.
  private static let least = 0.01

  /// - Parameters:
  ///   - good: at least one.
  ///   - weights: theirs.
  ///   - width, caution, stride: as in `ParzenModel.Settings`.
  init(of good: [Observation], _ weights: [Double], in space: SearchSpace, width: Double, caution: Double, stride: Double) {
    let dimensions = Double(max(space.dimensions, 1))
    let base = width * pow(Double(max(good.count, 1)), -1 / (dimensions + 4))
    let axes = space.axes
    let extents = axes.indices.map { Self.extent(of: $0, good, weights, caution) }
    let mean = exp(extents.reduce(0) { $0 + log($1) } / dimensions)
    widths = zip(axes, extents).map { axis, extent in
      let width = min(max(base * extent / mean, Self.least), 1) * (axis.range.upperBound - axis.range.lowerBound)
      if case .ordered(let count) = axis.kind { return max(width, stride / Double(count)) }
      // An axis frozen to one coordinate has no width; its kernels need one.
      return max(width, 1e-9)
    }
  }

  /// The standard deviation of the good configurations along an axis, mixed with that of so many uniform samples.
  private static func extent(of index: Int, _ good: [Observation], _ weights: [Double], _ caution: Double) -> Double {
    var total = 0.0, sum = 0.0, squares = 0.0, weightSquares = 0.0
    for (observation, weight) in zip(good, weights) where observation.isActive[index] {
      let unit = observation.point[index]
      total += weight
      weightSquares += weight * weight
      sum += weight * unit
      squares += weight * unit * unit
    }
    guard total > 0 else { return (1.0 / 12).squareRoot() }
    let variance = max(squares / total - (sum / total) * (sum / total), 0)
    let effective = total * total / weightSquares
    return max((variance * effective + caution / 12) / (effective + caution), 1e-12).squareRoot()
  }
}
