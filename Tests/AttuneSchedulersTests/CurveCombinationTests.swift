import AttuneCore
import AttuneMath
import Testing

@testable import AttuneSchedulers

@Suite struct CurveCombinationTests {
  /// As the published program: 100 walkers, 700 steps. All curves, both lengths and several seeds are compared by `make bench-curves`.
  @Test(.enabled(if: ReferenceCurves.here != nil, Comment(rawValue: ReferenceCurves.absence)), arguments: ["c04_nonlearning"])
  func probabilitiesAreTheReferences(name: String) throws {
    let reference = try #require(ReferenceCurves.here)
    let values = try #require(reference.curves[name])
    let rows = reference.rows("reference_mcmc.csv").filter { $0[0] == name && $0[1] == "700" }
    let epochs = Set(rows.compactMap { Int($0[7]) }).sorted()
    let curve = LearningCurve(steps: Array(1...30), values: Array(values.prefix(30)))
    let answer = try #require(
      CurveCombination().predict(CurveRequest(trial: TrialID(1), curve: curve, steps: epochs, target: 0.77)))
    #expect(epochs.count == 5)
    for (index, epoch) in epochs.enumerated() {
      let theirs = rows.filter { $0[7] == "\(epoch)" }.compactMap { Double($0[14]) }
      let low = try #require(theirs.min())
      let high = try #require(theirs.max())
      #expect((low - 0.05...high + 0.05).contains(answer.probability[index]), "\(name) at \(epoch)")
    }
  }

  @Test func aRisingCurveGoesOnRising() throws {
    let answer = try #require(short().predict(request(rising, steps: [31, 60, 120], target: 0.7)))
    #expect(answer.mean[0] < answer.mean[2] && abs(answer.mean[0] - 0.72) < 0.03 && answer.mean[2] < 1)
    #expect(answer.probability.allSatisfy { $0 > 0.5 } && answer.deviation.allSatisfy { $0 > 0.001 && $0 < 0.2 })
  }

  @Test func seedsDiffer() {
    let asked = request(rising, steps: [60], target: 0.75)
    #expect(short(seed: 1).predict(asked) != short(seed: 2).predict(asked))
  }

  /// Rewards and losses are given to the models in a unit that they can reach.
  @Test func unitsDoNotMatter() throws {
    let rewards = LearningCurve(steps: rising.steps, values: rising.values.map { 500 * $0 - 400 })
    let here = try #require(short().predict(request(rewards, steps: [60], target: -20)))
    let there = LearningCurve(steps: rising.steps, values: rising.values.map { 5_000 * $0 - 9_000 })
    let moved = try #require(short().predict(request(there, steps: [60], target: -5_200)))
    let (first, second) = ((here.mean[0] + 400) / 500, (moved.mean[0] + 9_000) / 5_000)
    #expect(abs(first - second) < 0.02)
    #expect(here.mean[0] > rewards.values[29] - 10 && here.mean[0] < 100)
  }

  @Test func manyStepsAreInterpolated() throws {
    let many = try #require(short().predict(request(rising, steps: Array(31...2_030), target: 0.75)))
    let some = try #require(short().predict(request(rising, steps: [31, 1_000, 2_030], target: 0.75)))
    #expect(many.mean.count == 2_000)
    for (index, place) in [0, 969, 1_999].enumerated() {
      #expect(abs(many.mean[place] - some.mean[index]) < 1e-3 && abs(many.probability[place] - some.probability[index]) < 1e-2)
    }
  }

  @Test func optionsAreChecked() throws {
    let bad = AlgorithmError.badOption(algorithm: "domhan", option: "burn_in", value: 50, allowed: "an integer in 0...49")
    #expect(throws: bad) { try CurvePredictorCatalog.make(AlgorithmChoice("domhan", options: ["steps": 50, "burn_in": 50])) }
    _ = try CurvePredictorCatalog.make(AlgorithmChoice("domhan", options: ["steps": 1, "walkers": 3, "refine": true, "seed": 4]))
  }

  private let rising = LearningCurve(
    steps: Array(1...30),
    values: (1...30).map { (step: Int) -> Double in
      let ripple = Double(step * 7 % 5 - 2)
      return 0.8 - 0.42 / Double(step).squareRoot() + 0.004 * ripple
    })

  private func short(seed: Int = 0) -> CurveCombination { CurveCombination(steps: 120, burnIn: 60, seed: seed) }

  private func request(_ curve: LearningCurve, steps: [Int], target: Double) -> CurveRequest {
    CurveRequest(trial: TrialID(1), curve: curve, steps: steps, target: target)
  }
}
