import AttuneMath
import Foundation
import Testing

@testable import AttuneEffects

/// What the estimator promises, by simulation: curves whose truth is known, many times, each from a seeded stream.
@Suite struct EffectTests {
  /// A straight line with noise that remembers itself, and a jump after step `before`.
  struct World {
    var before = 20
    var after = 20
    var correlation = 0.0
    var jump = 0.0
    var slope = 0.02

    func samples(_ random: inout RandomStream) -> [Sample] {
      var noise = normal(&random)
      return (1...(before + after)).map { step in
        defer { noise = correlation * noise + (1 - correlation * correlation).squareRoot() * normal(&random) }
        return Sample(step: step, value: 3 + slope * Double(step) + (step > before ? jump : 0) + noise)
      }
    }

    /// Box and Muller.
    private func normal(_ random: inout RandomStream) -> Double {
      (-2 * log(1 - random.nextUnit())).squareRoot() * cos(2 * .pi * random.nextUnit())
    }
  }

  static let worlds = [
    World(jump: 1.5), World(correlation: 0.4, jump: -1), World(correlation: 0.8, jump: 1),
    World(before: 6, after: 6, correlation: 0.3, jump: 2),
    World(before: 20, after: 6, correlation: 0.6, jump: 1),
  ]

  @Test(arguments: worlds)
  func theIntervalHoldsTheTruthAsOftenAsItSays(_ world: World) throws {
    let repeats = 120
    var hits = 0
    for index in 0..<repeats {
      var random = RandomStream(seed: 11, purpose: "effect", index: index)
      let effect = try TrendEffect(world.samples(&random), changeAfter: world.before)
      if effect.jump.low <= world.jump, world.jump <= effect.jump.high { hits += 1 }
    }
    let coverage = Double(hits) / Double(repeats)
    #expect((0.89...0.995).contains(coverage), "\(coverage) of the intervals hold the jump")
  }

  @Test(arguments: [0.0, 0.5, 0.9])
  func whereNothingHappenedNothingIsClaimed(correlation: Double) throws {
    let repeats = 120
    var claims = 0
    for index in 0..<repeats {
      var random = RandomStream(seed: 12, purpose: "nothing", index: index)
      let samples = World(correlation: correlation).samples(&random)
      if try TrendEffect(samples, changeAfter: 20).jump.isClear { claims += 1 }
    }
    #expect(Double(claims) / Double(repeats) <= 0.10, "\(claims) of \(repeats) times something was claimed")
  }

  @Test func aTwinSaysMoreThanATrend() throws {
    var trendWidth = 0.0, pairedWidth = 0.0, hits = 0.0
    let repeats = 120
    for index in 0..<repeats {
      var random = RandomStream(seed: 13, purpose: "twin", index: index)
      let twin = World(correlation: 0.5).samples(&random)
      var own = RandomStream(seed: 14, purpose: "own", index: index)
      let changed = twin.map { sample in
        Sample(step: sample.step, value: sample.value + (sample.step > 20 ? 0.5 + 0.2 * (own.nextUnit() - 0.5) : 0))
      }
      let paired = try PairedEffect(changed: changed, unchanged: twin, changeAfter: 20)
      if paired.difference.low <= 0.5, 0.5 <= paired.difference.high { hits += 1 }
      pairedWidth += paired.difference.high - paired.difference.low
      let trend = try TrendEffect(changed, changeAfter: 20)
      trendWidth += trend.jump.high - trend.jump.low
    }
    #expect((0.90...1).contains(hits / Double(repeats)))
    #expect(pairedWidth < trendWidth / 5)
  }

  @Test func linesWithoutNoiseAreFoundExactly() throws {
    let samples = (1...30).map { Sample(step: $0 * 10, value: $0 <= 15 ? 2 - 0.01 * Double($0 * 10) : 1 + 0.005 * Double($0 * 10)) }
    let effect = try TrendEffect(samples, changeAfter: 150)
    #expect(abs(effect.before.level.value - 0.5) < 1e-9 && abs(effect.after.level.value - 1.75) < 1e-9)
    #expect(abs(effect.before.slope.value + 0.01) < 1e-11 && abs(effect.slopeChange.value - 0.015) < 1e-11)
    #expect(abs(effect.jump.value - 1.25) < 1e-9 && effect.jump.isClear && abs(effect.atEnd.value - 3.5) < 1e-9)
    #expect((effect.firstStep, effect.lastStep, effect.countBefore, effect.countAfter) == (10, 300, 15, 15))
  }

  @Test func constantsAndTwinsThatAreTheSameClaimNothing() throws {
    let flat = (1...20).map { Sample(step: $0, value: 0.1) }
    #expect(try !TrendEffect(flat, changeAfter: 10).jump.isClear)
    let same = try PairedEffect(changed: flat, unchanged: flat, changeAfter: 10)
    #expect(same.difference == Estimate(0, low: 0, high: 0) && same.count == 10)
  }

  @Test func tooLittleIsSaid() {
    let few = (1...12).map { Sample(step: $0, value: $0 == 12 ? .nan : 1) }
    #expect(throws: EffectProblem.tooFewBefore(4, needed: 5)) { try TrendEffect(few, changeAfter: 4) }
    #expect(throws: EffectProblem.tooFewAfter(4, needed: 5)) { try TrendEffect(few, changeAfter: 7) }
    #expect(throws: EffectProblem.tooFewAfter(0, needed: 5)) { try TrendEffect(few, changeAfter: 50) }
    #expect(throws: EffectProblem.tooFewPairs(0, needed: 5)) { try PairedEffect(changed: few, unchanged: [], changeAfter: 0) }
  }

  @Test func theWindowIsKept() throws {
    let samples = (1...100).map { Sample(step: $0, value: Double($0 * $0 % 7)) }
    let effect = try TrendEffect(samples, changeAfter: 50, window: 8)
    #expect((effect.firstStep, effect.lastStep, effect.countBefore, effect.countAfter) == (43, 58, 8, 8))
  }

  /// Abramowitz & Stegun, table 26.10: the t that is exceeded with probability 0.025.
  @Test(arguments: [(1.0, 12.706_204_736), (4, 2.776_445_105), (10, 2.228_138_852), (30, 2.042_272_456), (120, 1.979_930_405)])
  func tHasTheTabulatedProbabilities(degrees: Double, t: Double) {
    #expect(abs(StudentT(degrees: degrees).probability(below: t) - 0.975) < 1e-9)
    #expect(abs(StudentT(degrees: degrees).probability(below: -t) - 0.025) < 1e-9)
    #expect(StudentT(degrees: degrees).probability(below: 0) == 0.5)
  }
}
