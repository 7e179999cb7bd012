import Foundation
import Testing

@testable import AttuneMath

@Suite struct LevenbergMarquardtTests {
  /// Problems of Moré, Garbow and Hillstrom (1981): start, residuals, the least sum of squares.
  static let problems: [(String, [Double], @Sendable ([Double]) -> [Double], Double)] = [
    ("Rosenbrock", [-1.2, 1], { [10 * ($0[1] - $0[0] * $0[0]), 1 - $0[0]] }, 0),
    ("Freudenstein and Roth", [0.5, -2], freudensteinRoth, 48.98425),
    ("Powell, singular", [3, -1, 0, 1], powell, 0),
    ("Jennrich and Sampson", [0.3, 0.4], jennrichSampson, 124.3622),
    ("Bard", [1, 1, 1], bard, 8.214877e-3),
  ]

  @Test(arguments: problems.map(\.0)) func knownMinimum(name: String) throws {
    let (_, start, residuals, least) = try #require(Self.problems.first { $0.0 == name })
    let result = try #require(LevenbergMarquardt().minimize(from: start, residuals))
    // At Powell's minimum the Jacobian is singular: distances to it stay unknown.
    #expect(result.hasConverged || name == "Powell, singular")
    #expect(abs(result.sumOfSquares - least) <= 1e-6 * least + 1e-12, "\(result)")
  }

  @Test func itGoesRoundWhereResidualsAreNotNumbers() throws {
    // √x has no value on the way that the first, long step takes.
    let result = try #require(LevenbergMarquardt().minimize(from: [100]) { [$0[0].squareRoot() - 0.01] })
    #expect(result.hasConverged && abs(result.point[0] - 1e-4) < 1e-9, "\(result)")
  }

  @Test func whatItRefuses() {
    #expect(LevenbergMarquardt().minimize(from: [1, 2]) { [$0[0]] } == nil)
    #expect(LevenbergMarquardt().minimize(from: [-1]) { [$0[0].squareRoot()] } == nil)
    let short = LevenbergMarquardt(evaluations: 6).minimize(from: [-1.2, 1], Self.problems[0].2)
    #expect(short?.hasConverged == false)
  }

  @Test func aVariableThatDoesNothingStays() throws {
    let result = try #require(LevenbergMarquardt().minimize(from: [0, 7]) { point in (1...5).map { point[0] * Double($0) - 2 } })
    #expect(abs(result.point[0] - 2 * 15 / 55) < 1e-7 && result.point[1] == 7)
  }

  private static let freudensteinRoth: @Sendable ([Double]) -> [Double] = { p in
    [-13 + p[0] + ((5 - p[1]) * p[1] - 2) * p[1], -29 + p[0] + ((p[1] + 1) * p[1] - 14) * p[1]]
  }

  private static let powell: @Sendable ([Double]) -> [Double] = { p in
    let middle = p[1] - 2 * p[2]
    let ends = p[0] - p[3]
    return [p[0] + 10 * p[1], 5.0.squareRoot() * (p[2] - p[3]), middle * middle, 10.0.squareRoot() * ends * ends]
  }

  private static let jennrichSampson: @Sendable ([Double]) -> [Double] = { p in
    (1...10).map { 2 + 2 * Double($0) - (exp(Double($0) * p[0]) + exp(Double($0) * p[1])) }
  }

  private static let bard: @Sendable ([Double]) -> [Double] = { p in
    let y = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
    return y.indices.map { index in
      let u = Double(index + 1)
      let v = 16 - u
      return y[index] - (p[0] + u / (v * p[1] + min(u, v) * p[2]))
    }
  }
}
