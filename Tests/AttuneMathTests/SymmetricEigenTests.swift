import Testing

@testable import AttuneMath

@Suite struct SymmetricEigenTests {
  @Test func knowsSmallMatrices() {
    let eigen = SymmetricEigen([2, 1, 1, 2], size: 2)
    #expect(eigen.values.sorted().elementsEqual([1, 3]) { abs($0 - $1) < 1e-15 })
    #expect(SymmetricEigen([], size: 0).values.isEmpty)
    #expect(SymmetricEigen([0, 0, 0, 0], size: 2).values == [0, 0])
  }

  /// Vectors are orthonormal, and give the matrix back, also when eigenvalues are a million million times apart.
  @Test(arguments: [1, 2, 3] as [UInt64]) func givesTheMatrixBack(seed: UInt64) {
    let size = 8
    var random = RandomStream(seed: seed, purpose: "matrix", index: 0)
    let factors = (0..<size * size).map { ($0 % size == 0 ? 1e6 : 1) * (random.nextUnit() - 0.5) }
    var matrix = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      for column in 0..<size {
        matrix[row * size + column] = (0..<size).reduce(0) { $0 + factors[row * size + $1] * factors[column * size + $1] }
      }
    }
    let scale = matrix.map(abs).max() ?? 1
    let eigen = SymmetricEigen(matrix, size: size)
    for row in 0..<size {
      for column in 0..<size {
        let product = (0..<size).reduce(0.0) { $0 + eigen.vectors[$1 * size + row] * eigen.vectors[$1 * size + column] }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-13, "seed \(seed)")
        let entry = (0..<size).reduce(0.0) { sum, k in
          sum + eigen.vectors[row * size + k] * eigen.values[k] * eigen.vectors[column * size + k]
        }
        #expect(abs(entry - matrix[row * size + column]) < 1e-13 * scale, "seed \(seed)")
      }
    }
  }
}
