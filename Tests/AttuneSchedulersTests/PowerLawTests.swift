import AttuneCore
import AttuneMath
import Foundation
import Testing

@testable import AttuneSchedulers

@Suite struct PowerLawTests {
  @Test(arguments: [0.1, 0.35, 1, 2.5]) func itFindsAPowerLaw(exponent: Double) throws {
    let curve = LearningCurve(steps: Array(1...30), values: (1...30).map { 0.9 - 0.75 * pow(Double($0), -exponent) })
    let answer = try #require(predict(curve, steps: [31, 120]))
    #expect(abs(answer.mean[1] - (0.9 - 0.75 * pow(120, -exponent))) < 1e-3)
  }

  /// Curves with known noise: about nine in ten lie within 1.645 deviations.
  @Test func deviationsAreHonest() throws {
    let seed: UInt64 = 11
    var hits = 0
    for index in 0..<100 {
      var random = RandomStream(seed: seed, purpose: "power", index: index)
      let (height, exponent) = (0.3 + 0.5 * random.nextUnit(), 0.3 + random.nextUnit())
      let values = (1...40).map { 0.9 - height * pow(Double($0), -exponent) + 0.01 * random.nextNormal() }
      let curve = LearningCurve(steps: Array(1...20), values: Array(values.prefix(20)))
      let answer = try #require(predict(curve, steps: [40]))
      if abs(answer.mean[0] - values[39]) < 1.645 * answer.deviation[0] { hits += 1 }
    }
    #expect((0.8...0.97).contains(Double(hits) / 100), "seed \(seed): \(hits) of 100")
  }

  @Test func itNeedsFourPoints() {
    #expect(predict(LearningCurve(steps: [1, 2, 3], values: [0.1, 0.2, 0.25]), steps: [4]) == nil)
    #expect(predict(LearningCurve(steps: [1, 2, 3, 4], values: [0.1, 0.2, 0.25, 0.27]), steps: [5]) != nil)
  }

  @Test func farAheadItKnowsLess() throws {
    let values = (1...10).map { (step: Int) -> Double in 0.8 - 0.5 / Double(step) + 0.01 * Double(step % 3) }
    let curve = LearningCurve(steps: Array(1...10), values: values)
    let answer = try #require(predict(curve, steps: [11, 100, 1_000]))
    #expect(answer.deviation[0] < answer.deviation[1] && answer.deviation[1] < answer.deviation[2])
  }

  private func predict(_ curve: LearningCurve, steps: [Int]) -> CurvePrediction? {
    PowerLaw().predict(CurveRequest(trial: TrialID(1), curve: curve, steps: steps, target: 0.8))
  }
}
