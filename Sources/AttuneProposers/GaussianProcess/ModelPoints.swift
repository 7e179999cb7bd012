import AttuneMath
import CAttuneKernels

/// Points as a covariance sees them: one column of numbers for each axis, so that a kernel takes eight points at a time.
struct ModelPoints: Sendable {
  /// For each axis whether its numbers are names without an order.
  let isUnordered: [Bool]
  private let flags: [UInt8]
  /// Points there is room for, a multiple of 8.
  let stride: Int
  private(set) var count: Int
  /// Axis a of point j stands at a · stride + j.
  private(set) var columns: [Double]

  var axes: Int { isUnordered.count }

  /// Those points, with room for as many more as are going to be appended.
  init(_ points: [[Double]], isUnordered: [Bool], spare: Int = 0) {
    self.isUnordered = isUnordered
    flags = isUnordered.map { $0 ? 1 : 0 }
    stride = Matrix.padded(points.count + spare)
    count = 0
    columns = [Double](repeating: 0, count: isUnordered.count * stride)
    for point in points { append(point) }
  }

  mutating func append(_ point: [Double]) {
    precondition(count < stride && point.count == axes, "no room for another point of \(point.count) axes")
    for axis in 0..<axes { columns[axis * stride + count] = point[axis] }
    count += 1
  }

  /// Replaces an axis' numbers.
  mutating func map(_ axis: Int, _ change: (Double) -> Double) {
    for index in axis * stride..<axis * stride + count { columns[index] = change(columns[index]) }
  }

  subscript(index: Int) -> [Double] { (0..<axes).map { columns[$0 * stride + index] } }

  /// Hands the points to a kernel.
  func withPoints<Result>(_ body: (attune_points) -> Result) -> Result {
    columns.withUnsafeBufferPointer { columns in
      flags.withUnsafeBufferPointer { flags in
        body(attune_points(columns: columns.baseAddress, unordered: flags.baseAddress, axes: axes, stride: stride))
      }
    }
  }
}

/// How alike two points are expected to be: 1 for the same, less with the weighted squared distance D.
struct Covariance: Hashable, Sendable {
  enum Kind: Hashable, Sendable, CaseIterable {
    /// Twice differentiable: (1 + √5D + 5D/3) exp(−√5D).
    case matern
    /// Endlessly smooth: exp(−D/2).
    case gaussian
  }

  var kind: Kind
  /// One a axis: 1 / length scale².
  var weights: [Double]

  private var code: attune_covariance_kind { kind == .matern ? attune_matern : attune_gaussian }

  /// With each of `points`: the covariances and their slopes by D, padded to the points' stride.
  func row(of point: [Double], with points: ModelPoints) -> (values: [Double], slopes: [Double]) {
    var slopes = [Double](repeating: 0, count: points.stride)
    let values = [Double](unsafeUninitializedCapacity: points.stride) { values, count in
      slopes.withUnsafeMutableBufferPointer { slopes in
        points.withPoints { attune_covariances(code, $0, weights, point, 0, points.stride, values.baseAddress, slopes.baseAddress) }
      }
      count = points.stride
    }
    return (values, slopes)
  }

  /// The upper triangles of the points' covariances among themselves, and of their slopes by D.
  func matrices(of points: ModelPoints) -> (values: Matrix, slopes: Matrix) {
    var values = Matrix(rows: points.count, columns: points.count, stride: points.stride)
    var slopes = Matrix(rows: points.count, columns: points.count, stride: points.stride)
    values.elements.withUnsafeMutableBufferPointer { values in
      slopes.elements.withUnsafeMutableBufferPointer { slopes in
        points.withPoints { all in
          for row in 0..<points.count {
            let offset = row * points.stride
            attune_covariances(
              code, all, weights, points[row], row & ~7, points.stride, values.baseAddress.map { $0 + offset },
              slopes.baseAddress.map { $0 + offset })
          }
        }
      }
    }
    return (values, slopes)
  }

  /// One row a point of `points`, one column a point of `others`.
  func matrix(of points: ModelPoints, with others: ModelPoints) -> Matrix {
    var values = Matrix(rows: points.count, columns: others.count, stride: others.stride)
    var slopes = [Double](repeating: 0, count: others.stride)
    values.elements.withUnsafeMutableBufferPointer { values in
      slopes.withUnsafeMutableBufferPointer { slopes in
        others.withPoints { all in
          for row in 0..<points.count {
            let target = values.baseAddress.map { $0 + row * others.stride }
            attune_covariances(code, all, weights, points[row], 0, others.stride, target, slopes.baseAddress)
          }
        }
      }
    }
    return values
  }
}
