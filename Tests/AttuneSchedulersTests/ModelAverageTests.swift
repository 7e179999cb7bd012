import AttuneCore
import AttuneMath
import AttuneTraces
import Foundation
import Testing

@testable import AttuneSchedulers

@Suite struct ModelAverageTests {
  /// Curves that rise to ends of their own at speeds of their own, with noise.
  private static func family(_ count: Int, length: Int = 30, seed: UInt64, unit: Double = 1, origin: Double = 0) -> [LearningCurve] {
    (0..<count).map { index in
      var random = RandomStream(seed: seed, purpose: "curves", index: index)
      let (end, speed) = (Double.random(in: 0.5...0.9, using: &random), Double.random(in: 0.1...0.4, using: &random))
      return CurvePredictorTests.curve(length) { step in
        origin + unit * (0.1 + (end - 0.1) * (1 - exp(-speed * step)) + .random(in: -0.01...0.01, using: &random))
      }
    }
  }

  private static func start(_ curve: LearningCurve, _ count: Int) -> LearningCurve {
    LearningCurve(steps: Array(curve.steps[..<count]), values: Array(curve.values[..<count]))
  }

  private static func request(
    _ curve: LearningCurve, seen: Int, others: [LearningCurve] = [], target: Double? = nil
  ) -> CurveRequest {
    CurveRequest(
      trial: TrialID(1), curve: start(curve, seen), others: others, steps: Array(curve.steps[seen...]), target: target)
  }

  /// The answer, which there is.
  private static func answer(_ predictor: inout some CurvePredictor, _ request: CurveRequest) throws -> CurvePrediction {
    let answer = predictor.predict(request)
    return try #require(answer)
  }

  @Test func othersTellWhereCurvesEnd() throws {
    let seed: UInt64 = 1
    let curves = Self.family(60, seed: seed)
    var (predictor, last) = (ModelAverage(), LastValue())
    var errors = (average: 0.0, last: 0.0)
    var held = 0
    for curve in curves[40...] {
      let request = Self.request(curve, seen: 8, others: Array(curves[..<40]))
      let answer = try Self.answer(&predictor, request)
      let base = try Self.answer(&last, request)
      let (mean, deviation, truth) = (try #require(answer.mean.last), try #require(answer.deviation.last), try #require(curve.values.last))
      errors.average += abs(mean - truth)
      errors.last += abs(try #require(base.mean.last) - truth)
      held += abs(mean - truth) < 1.645 * deviation ? 1 : 0
    }
    #expect(errors.average < 0.8 * errors.last, "seed \(seed): \(errors)")
    #expect(held >= 15, "seed \(seed): 90 % intervals hold \(held) of 20")
  }

  /// In other units, with another origin, and negated as minimised metrics are, the answer is the same.
  @Test(arguments: [(1000.0, -400.0), (1e-6, 0), (3, 1e4)]) func unitsDoNotMatter(unit: Double, origin: Double) throws {
    let plain = Self.family(12, seed: 2)
    let other = Self.family(12, seed: 2, unit: unit, origin: origin)
    var predictor = ModelAverage()
    for others in [0, 1, 8] {
      let first = try Self.answer(&predictor, Self.request(plain[11], seen: 8, others: Array(plain[..<others]), target: 0.7))
      let second = try Self.answer(
        &predictor, Self.request(other[11], seen: 8, others: Array(other[..<others]), target: origin + unit * 0.7))
      for step in first.mean.indices {
        #expect(abs((second.mean[step] - origin) / unit - first.mean[step]) < 1e-5 * (1 + abs(origin / unit) * 1e-3))
        #expect(abs(second.probability[step] - first.probability[step]) < 1e-4)
      }
    }
  }

  @Test func probabilitiesAreThoseOfMeanAndDeviation() throws {
    let curves = Self.family(20, seed: 3)
    var predictor = ModelAverage()
    let others = Array(curves[..<19])
    let answer = try Self.answer(&predictor, Self.request(curves[19], seen: 10, others: others, target: -100))
    #expect(answer.probability.allSatisfy { $0 > 1 - 1e-9 })
    var before = answer.probability
    for target in stride(from: 0.2, through: 1.2, by: 0.2) {
      let now = try Self.answer(&predictor, Self.request(curves[19], seen: 10, others: others, target: target)).probability
      #expect(zip(now, before).allSatisfy { $0 <= $1 + 1e-12 })
      before = now
    }
    let middle = try Self.answer(&predictor, Self.request(curves[19], seen: 10, others: others, target: answer.mean[5]))
    #expect((0.3...0.7).contains(middle.probability[5]))
  }

  /// A cache must not show: whoever was asked other things before answers as one who was not.
  @Test func whatWasAskedBeforeDoesNotMatter() throws {
    let curves = Self.family(16, seed: 4)
    let request = Self.request(curves[15], seen: 7, others: Array(curves[..<12]), target: 0.7)
    var (fresh, asked) = (ModelAverage(), ModelAverage())
    for (seen, others) in [(3, 0), (7, 6), (12, 14), (7, 14), (6, 12)] {
      _ = asked.predict(Self.request(curves[14], seen: seen, others: Array(curves[..<others]), target: 0.5))
      _ = asked.predict(CurveRequest(trial: TrialID(2), curve: curves[1], steps: [31, 90], target: 0.5))
    }
    let (first, second) = (asked.predict(request), fresh.predict(request))
    #expect(first == second)
  }

  /// A learning rate that drops at step 20 lifts every curve there; shapes alone cannot know.
  @Test func templatesKnowOfDrops() throws {
    let seed: UInt64 = 5
    let curves = Self.family(12, seed: seed).map { curve in
      LearningCurve(steps: curve.steps, values: zip(curve.steps, curve.values).map { $0 >= 20 ? $1 + 0.08 : $1 })
    }
    var predictor = ModelAverage()
    let whole = curves[11]
    let with = try Self.answer(&predictor, Self.request(whole, seen: 18, others: Array(curves[..<11])))
    let without = try Self.answer(&predictor, Self.request(whole, seen: 18))
    let truth = try #require(whole.values.last)
    #expect(abs(try #require(with.mean.last) - truth) < 0.03, "seed \(seed)")
    #expect(abs(try #require(without.mean.last) - truth) > 0.05, "seed \(seed)")
  }

  /// Rewards as an agent earns them: from -500 to 300, noisy, some of them crashing.
  @Test func rewards() throws {
    let curves = (0..<20).map { index in
      var random = RandomStream(seed: 6, purpose: "rewards", index: index)
      let crash = index % 4 == 0 ? 15.0 : 1e9
      return LearningCurve(
        steps: (1...25).map { $0 * 2_000 },
        values: (1...25).map { step -> Double in
          let learned = -400 + 600 * (1 - exp(-0.15 * Double(step)))
          return (Double(step) < crash ? learned : -450) + Double.random(in: -60...60, using: &random)
        })
    }
    var predictor = ModelAverage()
    for others in [0, 2, 19] {
      let answer = try Self.answer(&predictor, Self.request(curves[19], seen: 12, others: Array(curves[..<others]), target: 200))
      #expect(answer.mean.allSatisfy { (-900...900).contains($0) } && answer.deviation.allSatisfy { (10...600).contains($0) }, "\(answer)")
    }
  }

  @Test func thousandsOfOthersAndLongOnesCostNoMore() throws {
    let curves = Self.family(30, length: 12, seed: 7)
    let many = (0..<10_000).map { curves[$0 % 30] }
    var predictor = ModelAverage()
    _ = try Self.answer(&predictor, Self.request(curves[0], seen: 4, others: many, target: 0.5))
    let long = CurvePredictorTests.curve(100_000) { 1 - 1 / $0.squareRoot() }
    let request = CurveRequest(
      trial: TrialID(1), curve: Self.start(long, 50_000), others: [long, long], steps: [60_000, 100_000], target: 0.9)
    _ = try Self.answer(&predictor, request)
  }

  /// Whatever the others are, there is an answer that is one, or none.
  @Test(arguments: CurvePredictorTests.hardships.map(\.0)) func hardOthers(hardship: String) throws {
    let hard = try #require(CurvePredictorTests.hardships.first { $0.0 == hardship }).1
    let curve = Self.family(1, seed: 8)[0]
    for others in [[hard], [hard] + Self.family(4, length: 16, seed: 9)] {
      var predictor = ModelAverage()
      for seen in [1, 10] {
        guard let answer = predictor.predict(Self.request(curve, seen: seen, others: others, target: 0.7)) else { continue }
        #expect(answer.mean.allSatisfy(\.isFinite) && answer.deviation.allSatisfy { $0.isFinite && $0 > 0 }, "\(answer)")
        #expect(answer.probability.allSatisfy { (0...1).contains($0) }, "\(answer)")
      }
    }
  }
}
