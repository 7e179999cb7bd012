import CAttuneKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The factor U of a symmetric positive definite matrix K = Uᵀ U, and what it is good for.
///
/// Costs (n rows): n³/3 multiplications to make, n² for a solution, n² to append a row; see `Docs/Decisions/0014-linear-algebra.md`.
public struct Cholesky: Sendable {
  /// How many rows and columns.
  public private(set) var count: Int
  private let stride: Int
  /// The upper triangle, row by row; what stands below the diagonal means nothing.
  private var factor: [Double]

  /// Factors a matrix, of which only the upper triangle is read.
  /// - Parameter capacity: rows that there will be after all appending; `nil` for no more than there are.
  /// - Returns: `nil` when the matrix is not positive definite to rounding.
  /// - Precondition: `matrix` is square.
  public init?(_ matrix: Matrix, capacity: Int? = nil) {
    precondition(matrix.rows == matrix.columns, "a Cholesky factor is of a square matrix; got \(matrix.rows) × \(matrix.columns)")
    count = matrix.rows
    let room = max(capacity ?? count, count)
    stride = Matrix.padded(room)
    if stride == matrix.stride {
      factor = matrix.elements
    } else {
      factor = [Double](repeating: 0, count: room * stride)
      for row in 0..<count {
        factor.replaceSubrange(
          row * stride..<row * stride + matrix.columns, with: matrix.elements[row * matrix.stride..<row * matrix.stride + matrix.columns])
      }
    }
    if factor.count < room * stride { factor += [Double](repeating: 0, count: room * stride - factor.count) }
    let failed = factor.withUnsafeMutableBufferPointer { attune_cholesky($0.baseAddress, count, stride) }
    if failed >= 0 { return nil }
  }

  /// ln |K|.
  public var logDeterminant: Double { 2 * (0..<count).reduce(0) { $0 + log(factor[$1 * stride + $1]) } }

  /// z with Uᵀ z = b, padded with zeros to a multiple of 8.
  /// - Parameter b: at least `count` numbers; more are not looked at.
  public func solveTransposed(_ b: [Double]) -> [Double] {
    var z = padded(b)
    z.withUnsafeMutableBufferPointer { z in
      factor.withUnsafeBufferPointer { attune_solve_transposed($0.baseAddress, count, stride, z.baseAddress) }
    }
    clear(&z)
    return z
  }

  /// x with K x = b, padded with zeros to a multiple of 8.
  /// - Parameter b: at least `count` numbers; more are not looked at.
  public func solve(_ b: [Double]) -> [Double] { solveUpper(solveTransposed(b)) }

  /// x with U x = z, padded with zeros to a multiple of 8.
  public func solveUpper(_ z: [Double]) -> [Double] {
    var x = padded(z)
    x.withUnsafeMutableBufferPointer { x in
      factor.withUnsafeBufferPointer { attune_solve($0.baseAddress, count, stride, x.baseAddress) }
    }
    return x
  }

  /// `right` becomes Z with Uᵀ Z = `right`, for many right sides, one in each column.
  /// - Precondition: `right` has `count` rows.
  public func solveTransposed(_ right: inout Matrix) {
    precondition(right.rows == count, "right sides have \(count) rows; got \(right.rows)")
    let columns = right.stride
    right.elements.withUnsafeMutableBufferPointer { right in
      factor.withUnsafeBufferPointer { attune_solve_transposed_many($0.baseAddress, count, stride, right.baseAddress, columns) }
    }
  }

  /// K⁻¹, of which only the upper triangle is filled.
  public func inverse() -> Matrix {
    var inverse = Matrix(rows: count, columns: count, stride: stride)
    var scratch = [Double](repeating: 0, count: count * stride)
    inverse.elements.withUnsafeMutableBufferPointer { inverse in
      scratch.withUnsafeMutableBufferPointer { scratch in
        factor.withUnsafeBufferPointer { attune_inverse($0.baseAddress, count, stride, scratch.baseAddress, inverse.baseAddress) }
      }
    }
    return inverse
  }

  /// Makes it the factor of a matrix with one more row and column.
  /// - Parameters:
  ///   - column: the new column above the diagonal, `count` numbers.
  ///   - diagonal: the new element of the diagonal.
  /// - Returns: whether the larger matrix is positive definite; the factor is as before when it is not.
  /// - Precondition: there is capacity for it.
  @discardableResult
  public mutating func append(_ column: [Double], diagonal: Double) -> Bool {
    precondition(factor.count >= (count + 1) * stride && count < stride, "a factor with room for \(count) rows cannot take one more")
    let z = solveTransposed(column)
    var rest = diagonal
    for value in z[..<count] { rest -= value * value }
    guard rest > 0 else { return false }
    for row in 0..<count { factor[row * stride + count] = z[row] }
    factor[count * stride + count] = rest.squareRoot()
    count += 1
    return true
  }

  private func padded(_ vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: stride)
    for index in 0..<count { result[index] = vector[index] }
    return result
  }

  private func clear(_ vector: inout [Double]) {
    for index in count..<vector.count { vector[index] = 0 }
  }
}
