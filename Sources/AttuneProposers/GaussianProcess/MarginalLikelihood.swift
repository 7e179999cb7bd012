import AttuneMath
import CAttuneKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is fitted: the covariance, and how much of a value is noise.
struct Hyperparameters: Hashable, Sendable {
  var covariance: Covariance
  /// The variance of the noise as a share of the variance of what is modelled.
  var noise: Double

  /// One a axis, then the noise's, all as logarithms.
  var logarithms: [Double] { covariance.weights.map { log($0) } + [log(noise)] }

  init(_ kind: Covariance.Kind, logarithms: [Double]) {
    covariance = Covariance(kind: kind, weights: logarithms.dropLast().map { exp($0) })
    noise = exp(logarithms[logarithms.count - 1])
  }

  /// The same with longer length scales and more noise, where it has neither.
  ///
  /// A model that is true to every ripple keeps a search in the first one; the valley shows when ripples are taken for noise.
  func smoothed(_ settings: FitSettings) -> Hyperparameters {
    var smooth = self
    smooth.noise = max(noise, exp(-5))
    for axis in covariance.weights.indices where !settings.isUnordered[axis] {
      smooth.covariance.weights[axis] = min(covariance.weights[axis], exp(2))
    }
    return smooth
  }

  /// Covariances of observations, noise and all, and their slopes by squared distance; only upper triangles are filled.
  func covariances(of points: ModelPoints) -> (values: Matrix, slopes: Matrix) {
    var matrices = covariance.matrices(of: points)
    for row in 0..<points.count { matrices.values[row, row] += noise }
    return matrices
  }
}

/// How well hyperparameters explain values: the log density of the values, with mean and variance at their best, and of the
/// hyperparameters before anything was seen.
///
/// - Complexity: n³ for n points, and n² for every axis.
/// Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), 5.4.1.
struct MarginalLikelihood {
  let points: ModelPoints
  let values: [Double]
  let prior: HyperparameterPrior

  /// Bounds of the logarithms.
  private var bounds: [ClosedRange<Double>] {
    [ClosedRange<Double>](repeating: prior.weightRange, count: points.axes) + [prior.noiseRange]
  }

  /// The hyperparameters with the highest density that can be reached from `start`, and minus its logarithm.
  func fit(from start: Hyperparameters, steps: Int) -> (hyperparameters: Hyperparameters, cost: Double) {
    let bounds = bounds
    let begin = zip(start.logarithms, bounds).map { min(max($0, $1.lowerBound), $1.upperBound) }
    let found = BoundedMinimizer(steps: steps, tolerance: 1e-3, longestMove: 3).minimize(from: begin, within: bounds) {
      cost(start.covariance.kind, $0, slopes: &$1)
    }
    return (Hyperparameters(start.covariance.kind, logarithms: found.point), found.value)
  }

  /// Minus the log density, and its slopes by the logarithms; infinite where the covariances are singular to rounding.
  func cost(_ kind: Covariance.Kind, _ logarithms: [Double], slopes: inout [Double]) -> Double {
    let now = Hyperparameters(kind, logarithms: logarithms)
    var (covariances, bends) = now.covariances(of: points)
    guard let factor = Cholesky(covariances) else { return .infinity }
    let solution = ProfiledMean(factor, values)
    let inverse = factor.inverse()
    let size = Double(points.count)
    // Slopes by every covariance: ½ (K⁻¹ − α αᵀ / variance). The bends become what every squared distance is worth.
    weigh(&bends, by: inverse, solution)
    var trace = 0.0
    for row in 0..<points.count { trace += inverse[row, row] - solution.weights[row] * solution.weights[row] / solution.variance }
    slopes = distanceSums(bends)
    for axis in 0..<points.axes { slopes[axis] *= now.covariance.weights[axis] }
    slopes[points.axes] = 0.5 * now.noise * trace
    return 0.5 * (size * log(solution.variance) + factor.logDeterminant) + prior.cost(of: logarithms, slopes: &slopes)
  }

  private func weigh(_ bends: inout Matrix, by inverse: Matrix, _ solution: ProfiledMean) {
    let stride = points.stride
    bends.elements.withUnsafeMutableBufferPointer { bends in
      inverse.elements.withUnsafeBufferPointer { inverse in
        solution.weights.withUnsafeBufferPointer { weights in
          for row in 0..<points.count {
            let scale = weights[row] / solution.variance
            let offset = row * stride
            // Twice the half, for both triangles; the diagonal has no distance.
            for column in (row & ~7)..<stride {
              bends[offset + column] *= column > row && column < points.count ? inverse[offset + column] - scale * weights[column] : 0
            }
          }
        }
      }
    }
  }

  private func distanceSums(_ worth: Matrix) -> [Double] {
    var sums = [Double](repeating: 0, count: points.axes + 1)
    points.withPoints { all in
      worth.elements.withUnsafeBufferPointer { worth in
        for row in 0..<points.count {
          attune_distance_sums(all, points[row], row & ~7, points.stride, worth.baseAddress.map { $0 + row * points.stride }, &sums)
        }
      }
    }
    return sums
  }
}
