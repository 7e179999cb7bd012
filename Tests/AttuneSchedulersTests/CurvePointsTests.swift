import AttuneCore
import Testing

@testable import AttuneSchedulers

@Suite struct CurvePointsTests {
  /// Steps, and where they stand in usual strides.
  static let strides: [([Int], [Double])] = [
    ([1, 2, 3], [1, 2, 3]), ([5, 10, 15], [1, 2, 3]), ([2_000, 4_000, 8_000], [1, 2, 4]), ([1, 6, 11], [1, 2, 3]), ([40], [1]),
    ([10, 11, 12], [10, 11, 12]),
  ]

  @Test(arguments: strides) func positionsCountInStrides(steps: [Int], expected: [Double]) throws {
    let points = try #require(CurvePoints(LearningCurve(steps: steps, values: steps.map { _ in 0.5 })))
    #expect(zip(points.positions, expected).allSatisfy { abs($0 - $1) < 1e-12 } && points.positions.count == expected.count)
    #expect(points.position(of: steps[0]) == points.positions[0])
  }

  @Test func whatIsNotFiniteIsLeftOut() throws {
    let points = try #require(CurvePoints(LearningCurve(steps: [1, 2, 3], values: [0.1, .nan, 0.3])))
    #expect(points.positions == [1, 3] && points.values == [0.1, 0.3])
    #expect(CurvePoints(LearningCurve(steps: [1, 2], values: [0.1, .infinity])) == nil)
    #expect(CurvePoints(LearningCurve()) == nil)
  }

  @Test func thinningKeepsTheEnds() throws {
    var points = try #require(CurvePoints(LearningCurve(steps: Array(1...1_000), values: (1...1_000).map(Double.init))))
    points.thin(to: 7)
    #expect(points.positions.count == 7 && points.positions.first == 1 && points.positions.last == 1_000)
    #expect(points.values == points.positions)
  }

  @Test func unitsComeBack() {
    #expect(CurveUnit([0, 0.3, 1]).scaled(0.3) == 0.3)
    let unit = CurveUnit([-200, 100])
    #expect(abs(unit.scaled(-200) - 0.1) < 1e-12 && abs(unit.scaled(100) - 0.7) < 1e-12)
    #expect(abs(unit.original(unit.scaled(37)) - 37) < 1e-9)
  }

  @Test func knotsSpreadStraightLines() {
    let asked = (0..<500).map(Double.init)
    let knots = Knots(asked, limit: 11)
    #expect(knots.positions.count == 11 && knots.spread([]) == [])
    let spread = knots.spread(knots.positions.map { 3 * $0 + 1 })
    #expect(zip(spread, asked).allSatisfy { abs($0 - (3 * $1 + 1)) < 1e-9 } && spread.count == 500)
    #expect(Knots([1, 5], limit: 11).spread([7, 8]) == [7, 8])
  }
}
