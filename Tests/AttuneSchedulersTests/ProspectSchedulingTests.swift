import AttuneCore
import AttuneMath
import AttuneTesting
import Testing

@testable import AttuneSchedulers

@Suite struct ProspectSchedulingTests {
  /// Stretches of a first and a second octave whose gains follow known rules.
  private static func samples(pull: Double, persistence: Double, seed: UInt64) -> [GainModel.Sample] {
    var random = RandomStream(seed: seed, purpose: "gains", index: 0)
    return (0..<400).flatMap { _ -> [GainModel.Sample] in
      let (level, momentum) = (0.5 + 0.1 * random.nextNormal(), 0.1 + 0.03 * random.nextNormal())
      let gain = 0.08 + pull * (level - 0.5) + persistence * (momentum - 0.1) + 0.01 * random.nextNormal()
      return [
        GainModel.Sample(octave: 0, level: level, momentum: nil, gain: 0.1 + pull * (level - 0.5), weight: 1),
        GainModel.Sample(octave: 1, level: level, momentum: momentum, gain: gain, weight: 1),
      ]
    }
  }

  @Test(arguments: [(-0.8, 0.1), (0.0, 0.9), (-0.2, 0.5)]) func gainsAreLearnt(pull: Double, persistence: Double) {
    let samples = Self.samples(pull: pull, persistence: persistence, seed: 3)
    let model = GainModel(first: 1, end: 16, samples: samples, level: 0.5, spread: 0.1)
    #expect(model.octaves.count == 4)
    #expect(abs(model.octaves[1].pull - pull) < 0.05 && abs(model.octaves[1].persistence - persistence) < 0.1)
    #expect(abs(model.octaves[1].gain - 0.08) < 0.01 && model.octaves[1].deviation < 0.03)
    // Octaves that nobody has seen gain less.
    #expect(model.octaves[3].gain < model.octaves[2].gain && model.octaves[2].gain < model.octaves[1].gain)
  }

  @Test func whatIsAheadIsExpectedToStayAheadAsFarAsRanksLast() {
    func lead(pull: Double) -> Double {
      let model = GainModel(first: 1, end: 16, samples: Self.samples(pull: pull, persistence: 0.3, seed: 5), level: 0.5, spread: 0.1)
      return model.final(level: 0.6, momentum: nil, at: 1) - model.final(level: 0.5, momentum: nil, at: 1)
    }
    #expect(lead(pull: 0) > 0.08 && lead(pull: -0.9) < 0.03)
  }

  /// The index rises with what is expected of a trial, and the closer it is to its end.
  @Test func anIndexIsAChanceForAPrice() {
    let model = GainModel(first: 1, end: 32, samples: Self.samples(pull: -0.3, persistence: 0.3, seed: 7), level: 0.5, spread: 0.1)
    let table = ProspectTable(model, goal: 0.9, lowest: 0.4)
    let finals = [0.3, 0.5, 0.7, 0.8, 0.85, 0.87, 0.88]
    for step in [1.0, 3, 8, 20] {
      let indices = finals.map { table.index(of: $0, at: step) }
      #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 } && indices.allSatisfy { $0 > 0 && $0 <= 2 }, "\(indices)")
    }
    #expect(table.index(of: 0.9, at: 24) > table.index(of: 0.9, at: 16))
    // Of new ones half of which are hopeless, half as much can be hoped for at most; and less, the more their first report costs.
    let cheap = table.fresh([(0.9, 1), (0.0, 1)], firstCost: 1)
    #expect(cheap < table.fresh([(0.9, 1), (0.9, 1)], firstCost: 1) && table.fresh([(0.9, 1), (0.0, 1)], firstCost: 10) < cheap)
    #expect(table.fresh([(0.9, 10), (0.9, 10)], firstCost: 1) < table.fresh([(0.9, 1), (0.9, 1)], firstCost: 1))
  }

  @Test func fiveAreSeenBeforeAnybodyGoesOn() throws {
    var stand = try SchedulerStand(ProspectScheduling(), [Objective(metric: "m", goal: .maximize, target: 0.9)])
    stand.limits = Limits(trials: 20, steps: 32)
    for trial in 1...4 {
      #expect(stand.report(trial, 1, 0.1 * Double(trial)) == [.suspend(TrialID(trial))] && stand.suspend(trial) == [])
      #expect(stand.next() == .fresh)
    }
    #expect(stand.scheduler.outlook(of: TrialID(4))?.standing == .opportunistic && stand.scheduler.outlook(of: TrialID(9)) == nil)
    stand.canStartFresh = false
    _ = stand.report(5, 1, 0.05)
    _ = stand.suspend(5)
    #expect(stand.next() == .resume(TrialID(4)) && stand.next() == .resume(TrialID(3)))  // the best that wait, one after the other
    let likely = try #require(stand.scheduler.outlook(of: TrialID(4))?.probability)
    let unlikely = try #require(stand.scheduler.outlook(of: TrialID(5))?.probability)
    #expect(likely > unlikely && likely <= 1 && unlikely >= 0)
  }

  /// Where there is nothing to reach, who leads the first five goes on at once.
  @Test func withoutATargetWhoLeadsGoesOn() throws {
    var stand = try SchedulerStand(ProspectScheduling())
    stand.limits = Limits(trials: 20, steps: 32)
    #expect(stand.report(1, 1, 0.3) == [] && stand.report(1, 2, 0.5) == [])
    #expect(stand.report(2, 1, 0.4) == [.suspend(TrialID(2))], "behind 1")
    #expect(stand.report(3, 1, 0.6) == [] && stand.report(1, 3, 0.55) == [.suspend(TrialID(1))], "3 leads")
    #expect(stand.report(3, 2, 0.58) == [], "worse than before, and still ahead of the others")
  }

  /// Where nothing can be suspended, nobody is stopped either.
  @Test func withoutSuspendingItIsFifo() throws {
    var scheduler = ProspectScheduling()
    let curves = (0..<12).map { trial in (1...8).map { 0.05 * Double(trial * $0) } } + [[.nan, .nan], [.infinity]]
    #expect(try !SchedulerStand.stops(by: &scheduler, curves, .minimize).contains(true))
  }

  /// Constant, falling, not finite, one point, and very long curves.
  @Test func oddCurves() throws {
    var stand = try SchedulerStand(ProspectScheduling())
    for step in 1...40 {
      for (trial, value) in [1.0, -Double(step), .nan, .infinity, 1e300, 0, 1.0].enumerated() {
        for case .suspend(let id) in stand.report(trial + 1, step, value) { _ = stand.suspend(id.rawValue) }
      }
    }
    for step in 41...100_000 { _ = stand.report(1, step, 1 - 1 / Double(step)) }
    #expect(stand.report(8, 1, 0.5).count <= 1)
    stand.canStartFresh = false
    while case .resume(let id) = stand.next() { #expect(id.rawValue <= 8) }
    #expect(stand.held.isEmpty)
  }
}
