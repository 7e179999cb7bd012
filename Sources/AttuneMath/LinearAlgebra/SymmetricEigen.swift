#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations.
///
/// As exact for small eigenvalues as for large ones, and for the few dozen dimensions of a search space as fast as anything.
/// - Complexity: O(size³) a sweep, with 5 to 10 sweeps.
/// Source: Golub and Van Loan, "Matrix Computations" (4th edition, 2013), §8.5.
public struct SymmetricEigen: Sendable {
  /// In no order.
  public let values: [Double]
  /// Row by row; column k is the unit vector that belongs to value k.
  public let vectors: [Double]

  /// - Parameter matrix: `size × size` finite numbers, row by row; only the upper triangle is looked at.
  public init(_ matrix: [Double], size: Int) {
    precondition(matrix.count == size * size, "a matrix of size \(size) has \(size * size) entries; got \(matrix.count)")
    var rotation = JacobiRotation(matrix, size: size)
    for _ in 0..<30 where rotation.sweep() {}
    values = (0..<size).map { rotation.matrix[$0 * size + $0] }
    vectors = rotation.vectors
  }
}

/// A matrix on its way to a diagonal one, and the rotations that brought it there.
private struct JacobiRotation {
  var matrix: [Double]
  var vectors: [Double]
  let size: Int

  init(_ matrix: [Double], size: Int) {
    self.matrix = matrix
    self.size = size
    vectors = [Double](repeating: 0, count: size * size)
    for index in 0..<size {
      vectors[index * size + index] = 1
      for column in 0..<index { self.matrix[index * size + column] = matrix[column * size + index] }
    }
  }

  /// Rotates every pair of axes once.
  /// - Returns: whether anything was left to do.
  mutating func sweep() -> Bool {
    var isChanged = false
    for first in 0..<size {
      for second in stride(from: first + 1, to: size, by: 1) {
        let off = matrix[first * size + second]
        let scale = (abs(matrix[first * size + first]) * abs(matrix[second * size + second])).squareRoot()
        guard abs(off) > 1e-16 * scale, abs(off) > 1e-300 else { continue }
        isChanged = true
        let slope = (matrix[second * size + second] - matrix[first * size + first]) / (2 * off)
        let tangent = (slope < 0 ? -1 : 1) / (abs(slope) + hypot(slope, 1))
        rotate(first, second, cosine: 1 / hypot(tangent, 1), tangent: tangent)
      }
    }
    return isChanged
  }

  private mutating func rotate(_ first: Int, _ second: Int, cosine: Double, tangent: Double) {
    let sine = tangent * cosine
    let off = matrix[first * size + second]
    matrix[first * size + first] -= tangent * off
    matrix[second * size + second] += tangent * off
    matrix[first * size + second] = 0
    matrix[second * size + first] = 0
    for index in 0..<size where index != first && index != second {
      let left = matrix[index * size + first], right = matrix[index * size + second]
      let (low, high) = (cosine * left - sine * right, sine * left + cosine * right)
      matrix[index * size + first] = low
      matrix[first * size + index] = low
      matrix[index * size + second] = high
      matrix[second * size + index] = high
    }
    for row in 0..<size {
      let left = vectors[row * size + first], right = vectors[row * size + second]
      vectors[row * size + first] = cosine * left - sine * right
      vectors[row * size + second] = sine * left + cosine * right
    }
  }
}
