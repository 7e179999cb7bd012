import AttuneCore
import Foundation

/// All kernels of a mixture along one axis.
struct KernelColumn: Sendable {
  /// What each looks like.
  let shape: KernelShape
  /// The logarithm of the uniform density on the axis.
  private let uniform: Double
  /// Normal kernels' centres.
  private let centres: [Double]
  /// Of normal kernels on an axis that not every point has: 1/bandwidth, and 0 for a kernel that lacks it.
  private let inverses: [Double]
  /// What normal kernels add for their height; empty when `heights` were asked for.
  private let offsets: [Double]
  /// Kernels' values as rows of the table.
  private let rows: [Int32]

  /// - Parameters:
  ///   - index: the axis.
  ///   - isOptional: whether points may lack it.
  ///   - heights: logarithms to which the normal kernels' heights are added, when every point has the axis.
  init(_ points: [Observation], _ index: Int, _ axis: Axis, _ shape: KernelShape, isOptional: Bool, heights: inout [Double]) {
    self.shape = shape
    var centres: [Double] = [], inverses: [Double] = [], offsets: [Double] = [], rows: [Int32] = []
    switch shape {
    case .normal(let bandwidth):
      let flat = -log(axis.range.upperBound - axis.range.lowerBound)
      uniform = flat
      centres = points.map { $0.point[index] }
      let norms = centres.map { Self.height($0, bandwidth, axis.range) }
      if isOptional {
        inverses = points.map { $0.isActive[index] ? 1 / bandwidth : 0 }
        offsets = zip(points, norms).map { $0.isActive[index] ? $1 : flat }
      } else {
        for kernel in points.indices { heights[kernel] += norms[kernel] }
      }
    case .table: uniform = 0
    case .alike(let count, _, _): uniform = -log(Double(axis.allowed?.count ?? count))
    }
    if centres.isEmpty { rows = points.map { Int32(shape.row(of: $0.isActive[index] ? $0.point[index] : nil)) } }
    (self.centres, self.inverses, self.offsets, self.rows) = (centres, inverses, offsets, rows)
  }

  /// The logarithm of the height at the middle of a normal distribution that is cut off at the ends of a range.
  private static func height(_ centre: Double, _ bandwidth: Double, _ range: ClosedRange<Double>) -> Double {
    let inside =
      NormalTable.probability(below: (range.upperBound - centre) / bandwidth)
      - NormalTable.probability(below: (range.lowerBound - centre) / bandwidth)
    return -log(bandwidth * (2 * Double.pi).squareRoot() * max(inside, 1e-12))
  }

  /// The logarithm of the uniform density at a coordinate.
  func uniform(at unit: Double) -> Double {
    guard case .table(let table) = shape else { return uniform }
    return table.logarithms[table.count * table.count + table.row(of: unit)]
  }

  /// Adds the logarithm of every kernel's density at a coordinate to its sum.
  func add(_ unit: Double, to sums: UnsafeMutableBufferPointer<Double>) {
    switch shape {
    case .normal(let bandwidth):
      if inverses.isEmpty { addNormal(unit, 0.5.squareRoot() / bandwidth, to: sums) } else { addOptional(unit, to: sums) }
    case .table(let table):
      let column = table.row(of: unit)
      for kernel in sums.indices { sums[kernel] += table.logarithms[Int(rows[kernel]) * table.count + column] }
    case .alike(let count, let same, let other):
      let value = shape.row(of: unit)
      let (same, other) = (log(same), log(other))
      for kernel in sums.indices {
        let row = Int(rows[kernel])
        sums[kernel] += row == value ? same : row == count ? uniform : other
      }
    }
  }

  private func addNormal(_ unit: Double, _ factor: Double, to sums: UnsafeMutableBufferPointer<Double>) {
    centres.withUnsafeBufferPointer { centres in
      for kernel in 0..<sums.count {
        let distance = (unit - centres[kernel]) * factor
        sums[kernel] -= distance * distance
      }
    }
  }

  private func addOptional(_ unit: Double, to sums: UnsafeMutableBufferPointer<Double>) {
    for kernel in sums.indices {
      let distance = (unit - centres[kernel]) * inverses[kernel]
      sums[kernel] += offsets[kernel] - distance * distance / 2
    }
  }
}
