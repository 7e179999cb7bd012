import AttuneCore
import AttuneMath
import Foundation

/// A mixture of kernels, one at each of some observations, and of the uniform distribution over the whole space.
///
/// A kernel is a product over axes. Along an axis that its observation lacks it is uniform, so that points with any set of parameters can
/// be compared, and a kernel has nothing to say of parameters it never saw.
struct KernelDensity: Sendable {
  private let points: [Observation]
  private let axes: [Axis]
  private var columns: [KernelColumn] = []
  /// For each kernel the logarithm of its weight, and of its height along axes that every point has.
  private var heights: [Double]
  private let uniform: Double
  /// For each kernel the share of the mixture that it and those before it have.
  private let shares: [Double]

  /// - Parameters:
  ///   - weights: of the kernels, above 0.
  ///   - uniformWeight: of the uniform distribution, above 0.
  ///   - shapes: one for each axis.
  init(_ points: [Observation], weights: [Double], uniformWeight: Double, shapes: [KernelShape], in space: SearchSpace) {
    self.points = points
    axes = space.axes
    let total = weights.reduce(uniformWeight, +)
    uniform = log(uniformWeight / total)
    heights = weights.map { log($0 / total) }
    var sum = 0.0
    shares = weights.map {
      sum += $0 / total
      return sum
    }
    for (index, shape) in shapes.enumerated() {
      let isOptional = space.parameters[index].condition != nil
      columns.append(KernelColumn(points, index, axes[index], shape, isOptional: isOptional, heights: &heights))
    }
  }

  /// A point drawn from the mixture, with a coordinate for every axis.
  /// - Parameter widening: of the bandwidths, for the draw alone.
  func sample(widening: Double, using random: inout RandomStream) -> [Double] {
    let drawn = random.nextUnit()
    let kernel = shares.firstIndex { drawn < $0 }.map { points[$0] }
    return columns.indices.map { index in
      let centre = kernel.flatMap { $0.isActive[index] ? $0.point[index] : nil }
      return columns[index].shape.sample(near: centre, axes[index], widening: widening, using: &random)
    }
  }

  /// The logarithm of the density at a point.
  /// - Parameters:
  ///   - isActive: which coordinates count; `nil` for all.
  ///   - scratch: memory for the sums, used again from one point to the next.
  func logarithm(at point: [Double], isActive: [Bool]?, scratch: inout [Double]) -> Double {
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: heights)
    var uniform = uniform
    return scratch.withUnsafeMutableBufferPointer { sums in
      for index in columns.indices where isActive?[index] ?? true {
        columns[index].add(point[index], to: sums)
        uniform += columns[index].uniform(at: point[index])
      }
      var highest = uniform
      for sum in sums where sum > highest { highest = sum }
      var total = exp(uniform - highest)
      // What is e²⁵ times smaller than the largest term is not seen in the sum, and most kernels are that far away.
      for sum in sums where sum > highest - 25 { total += exp(sum - highest) }
      return highest + log(total)
    }
  }
}
