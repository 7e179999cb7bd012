import AttuneCore
import AttuneMath
import Testing

@testable import AttuneSchedulers

@Suite struct CurveModelTests {
  private static let positions = (1...30).map(Double.init)
  private static let refined = ["c01_fast_saturating", "c02_slow_powerlaw"]

  @Test(.enabled(if: ReferenceCurves.here != nil, Comment(rawValue: ReferenceCurves.absence)))
  func logPosteriorIsTheReferences() throws {
    let reference = try #require(ReferenceCurves.here)
    let rows = reference.rows("reference_theta0_logprob.csv")
    #expect(rows.count == 10)
    for row in rows {
      let point = row[2].split(separator: " ").compactMap { Double($0) }
      let models = row[1].split(separator: " ").compactMap { ReferenceCurves.models[String($0)] }
      let values = Array(try #require(reference.curves[row[0]]).prefix(30))
      let curve = CombinedCurve(models: models, start: point, Self.positions, values, last: 120)
      let expected = try #require(Double(row[3]))
      #expect(abs(curve.logPosterior(point) - expected) <= 1e-9 * abs(expected), "\(row[0])")
    }
  }

  /// The reference's own tolerance is 1.5e-8 of the sum of squares.
  @Test(.enabled(if: ReferenceCurves.here != nil, Comment(rawValue: ReferenceCurves.absence)))
  func leastSquaresAreNoWorseThanTheReferences() throws {
    let reference = try #require(ReferenceCurves.here)
    let weights = CurveModel.recencyWeights(30)
    let rows = reference.rows("reference_leastsq.csv")
    #expect(rows.count == 110)
    for row in rows {
      let model = try #require(ReferenceCurves.models[row[1]])
      let values = Array(try #require(reference.curves[row[0]]).prefix(30))
      let expected = try #require(Double(row[5]))
      // Without refinement it ends where the reference's ends: at the same minimum, or near the start with it.
      let plain = try #require(model.fit(Self.positions, values, weights: weights))
      if row[2].hasPrefix("lm") { #expect(abs(plain.weightedSquares / expected - 1) < 1e-4, "\(row[0]) \(row[1])") }
      if row[2].hasPrefix("lbfgs") { #expect(plain.weightedSquares < expected * 1.02, "\(row[0]) \(row[1])") }
      // Refinement begins there. It takes a while in a debug build; `make bench-curves` refines all.
      if plain.weightedSquares <= expected * (1 + 1e-7) || !Self.refined.contains(row[0]) { continue }
      let refined = try #require(model.refinedFit(Self.positions, values, weights: weights))
      #expect(refined.weightedSquares <= expected * (1 + 1e-7), "\(row[0]) \(row[1])")
    }
  }

  /// The kernel's own exponentials and logarithms, against the system's.
  @Test(arguments: CurveModel.allCases) func kernelAgreesWithTheFormula(model: CurveModel) {
    let seed: UInt64 = 7
    var random = RandomStream(seed: seed, purpose: "models", index: Int(model.rawValue))
    let asked = [0.25, 1, 2, 3.5, 30, 120, 5_000]
    for _ in 0..<50 {
      let parameters = model.start.map { $0 * (0.5 + 1.5 * random.nextUnit()) + 0.1 * random.nextNormal() }
      let curve = CombinedCurve(models: [model], start: parameters + [0.1, 3], [1, 2], [0.1, 0.2], last: 120)
      curve.eachEight(SampleTable(columns: 1, point: curve.start), at: asked) { _, means in
        for (index, x) in asked.enumerated() {
          let exact = model.value(at: x, parameters)
          let got = means[8 * index]
          let isSame = exact.isNaN ? got.isNaN : got == exact || abs(got - exact) <= 1e-11 * max(1, abs(exact))
          #expect(isSame, "\(model) at \(x) of \(parameters), seed \(seed): \(got) instead of \(exact)")
        }
      }
    }
  }

  @Test func posteriorIsZeroWhereThePriorIs() {
    let start = CurveModel.pow3.start + CurveModel.ilog2.start
    let x = Self.positions
    let y = x.map { 0.8 - 0.5 / $0 }
    func density(_ ends: [Double], parameters: [Double] = start) -> Double {
      CombinedCurve(models: [.pow3, .ilog2], start: parameters + ends, x, y, last: 120).logPosterior(parameters + ends)
    }
    #expect(density([0.1, 1, 1]).isFinite && density([0.1, 0, 1]).isFinite)
    for ends in [[0, 1, 1], [-0.1, 1, 1], [.nan, 1, 1], [0.1, -1, 1], [0.1, 0, 0], [0.1, .nan, 1]] { #expect(density(ends) == -.infinity) }
    // Falling, below 0, above 100, and not a number.
    for bad in [[0.8, -0.5, 0.5, 0.8, 0.4], [-1, 0.5, 0.5, 0.8, 0.4], [101, 0.5, 0.5, 0.8, 0.4], [.nan, 0.5, 0.5, 0.8, 0.4]] {
      #expect(density([0.1, 1, 1], parameters: bad) == -.infinity)
    }
  }

  @Test func laterPointsWeighMore() {
    #expect(CurveModel.recencyWeights(0) == [] && CurveModel.recencyWeights(1) == [1])
    let weights = CurveModel.recencyWeights(10)
    #expect(weights[0] == 1 && abs(weights[5] - 10.0.squareRoot()) < 1e-12 && weights.allSatisfy { $0 < 10 })
  }
}
