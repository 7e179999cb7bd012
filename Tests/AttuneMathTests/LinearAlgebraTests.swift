import Testing

@testable import AttuneMath

@Suite struct LinearAlgebraTests {
  /// Sizes around the kernels' panels of eight rows.
  static let sizes = [1, 2, 7, 8, 9, 15, 16, 17, 31, 40, 65]

  @Test(arguments: sizes) func theFactorGivesTheMatrixBack(size: Int) throws {
    let matrix = positive(size, seed: UInt64(size))
    let factor = try #require(Cholesky(matrix))
    let b = (0..<size).map { Double($0 % 5) - 1.5 }
    let x = factor.solve(b)
    for row in 0..<size {
      let product = (0..<size).reduce(0) { $0 + element(matrix, row, $1) * x[$1] }
      #expect(abs(product - b[row]) < 1e-10, "row \(row) of \(size)")
    }
    #expect(x.count == Matrix.padded(size))
  }

  @Test(arguments: sizes) func theInverseIsTheNaiveOne(size: Int) throws {
    let matrix = positive(size, seed: UInt64(100 + size))
    let inverse = try #require(Cholesky(matrix)).inverse()
    for row in 0..<size {
      for column in 0..<size {
        let product = (0..<size).reduce(0) { $0 + element(matrix, row, $1) * element(inverse, $1, column) }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-9, "(\(row), \(column)) of \(size)")
      }
    }
  }

  @Test(arguments: sizes) func manyRightSidesAreSolvedAsOne(size: Int) throws {
    let factor = try #require(Cholesky(positive(size, seed: UInt64(200 + size))))
    var random = RandomStream(seed: 7, purpose: "right sides", index: size)
    var right = Matrix(rows: size, columns: 11)
    for row in 0..<size { for column in 0..<11 { right[row, column] = random.nextUnit() } }
    let single = (0..<11).map { column in factor.solveTransposed((0..<size).map { right[$0, column] }) }
    factor.solveTransposed(&right)
    for row in 0..<size { for column in 0..<11 { #expect(abs(right[row, column] - single[column][row]) < 1e-11) } }
  }

  @Test(arguments: sizes) func appendingRowsGivesTheWholeFactor(size: Int) throws {
    let matrix = positive(size + 3, seed: UInt64(300 + size))
    var part = Matrix(rows: size, columns: size)
    for row in 0..<size { for column in row..<size { part[row, column] = element(matrix, row, column) } }
    var factor = try #require(Cholesky(part, capacity: size + 8))
    for next in size..<(size + 3) {
      let isPositive = factor.append((0..<next).map { element(matrix, $0, next) }, diagonal: element(matrix, next, next))
      #expect(isPositive)
    }
    let whole = try #require(Cholesky(matrix))
    #expect(abs(factor.logDeterminant - whole.logDeterminant) < 1e-9)
    let b = (0..<(size + 3)).map { 1 / Double($0 + 1) }
    for (one, other) in zip(factor.solve(b), whole.solve(b)) { #expect(abs(one - other) < 1e-9) }
  }

  @Test func whatIsNotPositiveIsRefused() throws {
    var matrix = positive(12, seed: 1)
    matrix[9, 9] = -1
    #expect(Cholesky(matrix) == nil)
    matrix[9, 9] = .nan
    #expect(Cholesky(matrix) == nil)
    var factor = try #require(Cholesky(positive(4, seed: 2), capacity: 8))
    let before = factor.logDeterminant
    let isPositive = factor.append([1, 1, 1, 1], diagonal: -5)
    #expect(!isPositive)
    #expect(factor.count == 4 && factor.logDeterminant == before)
  }

  @Test func theMinimumIsFoundAtABoundAndInside() {
    // Rosenbrock's valley, whose minimum (1, 1) is inside, and then not.
    func valley(_ x: [Double], _ slopes: inout [Double]) -> Double {
      let bend = x[1] - x[0] * x[0]
      slopes = [-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend]
      return 100 * bend * bend + (1 - x[0]) * (1 - x[0])
    }
    let minimizer = BoundedMinimizer(steps: 200, tolerance: 1e-14)
    let inside = minimizer.minimize(from: [-1.2, 1], within: [-2...2, -2...2], valley)
    #expect(inside.value < 1e-9 && abs(inside.point[0] - 1) < 1e-3)
    let bounded = minimizer.minimize(from: [-1.2, 1], within: [-2...0.5, -2...2], valley)
    #expect(bounded.point[0] == 0.5 && abs(bounded.point[1] - 0.25) < 1e-6)
  }

  private func element(_ matrix: Matrix, _ row: Int, _ column: Int) -> Double { matrix[min(row, column), max(row, column)] }

  /// A well-conditioned symmetric matrix, its upper triangle.
  private func positive(_ size: Int, seed: UInt64) -> Matrix {
    var random = RandomStream(seed: seed, purpose: "matrix", index: size)
    let rows = (0..<size).map { _ in (0..<size).map { _ in random.nextUnit() - 0.5 } }
    var matrix = Matrix(rows: size, columns: size)
    for row in 0..<size {
      for column in row..<size {
        matrix[row, column] = (0..<size).reduce(row == column ? 0.5 : 0) { $0 + rows[row][$1] * rows[column][$1] }
      }
    }
    return matrix
  }
}
