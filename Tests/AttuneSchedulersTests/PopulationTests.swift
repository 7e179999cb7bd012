import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneSchedulers

/// Who takes over from whom in a population, what is explored, and whose turn it is.
@Suite struct PopulationTests {
  private static let space = try? SearchSpace(
    [
      Parameter("rate", .float(lower: 1e-4, upper: 1, scale: .log), isLive: true),
      Parameter("momentum", .float(lower: 0, upper: 0.99), when: try? Expression("solver == 'sgd'"), isLive: true),
      Parameter("shift", .float(lower: -1, upper: 1), isLive: true),
      Parameter("grid", .float(lower: 0, upper: 1, step: 0.25), isLive: true),
      Parameter("batch", .int(lower: 1, upper: 512, scale: .log), isLive: true),
      Parameter("layers", .int(lower: 2, upper: 8, step: 2), isLive: true),
      Parameter("size", .ordinal(["s", "m", "l"]), isLive: true),
      Parameter("solver", .choice(["sgd", "adam"]), isLive: true), Parameter("nesterov", .bool, isLive: true),
    ], constraints: [try Expression("layers * batch <= 2048")])

  private func stand() throws -> SchedulerStand<PopulationBasedTraining> {
    var stand = try SchedulerStand(PopulationBasedTraining(size: 8, interval: 2, quantile: 0.25))
    stand.canStartFresh = false
    stand.canSuspend = false
    return stand
  }

  /// Eight trials report twice, the last of the table last: who takes over from one of whom.
  @Test(arguments: [
    ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.05], [6, 7]), ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.15], [6, 7]),
    ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.25], []), ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9], []),
    ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, .nan], [6, 7]), ([.nan, .nan, .nan, .nan, .nan, .nan, .nan, .nan], []),
    ([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5], []), ([0.1, .infinity, 0.3, 0.4, 0.5, 0.6, 0.7, 0.2], []),
  ]) func theWorstTakesOverFromOneOfTheBest(values: [Double], donors: [Int]) throws {
    var stand = try stand()
    var moves: [Move] = []
    for step in 1...2 { for (index, value) in values.enumerated() { moves = stand.report(index + 1, step, value) } }
    guard !donors.isEmpty else { return #expect(moves.isEmpty) }
    guard case .exploit(TrialID(8), let donor, with: _)? = moves.first else { return #expect(Bool(false), "\(moves)") }
    #expect(donors.contains(donor.rawValue) && moves.count == 1)
  }

  @Test func whoIsBehindAndWorseCatchesUp() throws {
    var stand = try stand()
    for step in 1...9 { for trial in 1...3 { _ = stand.report(trial, step, 0.9) } }
    #expect(stand.report(4, 1, 0.1).isEmpty, "its interval is not over")
    let moves = stand.report(4, 2, 0.1)
    guard case .exploit(TrialID(4), _, with: _)? = moves.first else { return #expect(Bool(false), "the others are better: \(moves)") }
  }

  @Test func nobodyIsComparedWithTrialsThatAreOver() throws {
    var stand = try stand()
    for step in 1...9 { for trial in 1...3 { _ = stand.report(trial, step, 0.9) } }
    for trial in 1...3 { _ = stand.end(trial) }
    for step in 1...9 { #expect(stand.report(4, step, 0.1).isEmpty) }
  }

  @Test func whoTakesOverSomethingGivesNothingAway() throws {
    var stand = try stand()
    for step in 1...2 { for trial in 2...4 { _ = stand.report(trial, step, Double(trial)) } }
    _ = stand.report(1, 1, 0)
    #expect(stand.report(1, 2, 0).count == 1)
    _ = stand.report(1, 3, 9)
    _ = stand.report(5, 1, 0.5)
    guard case .exploit(_, let donor, with: _)? = stand.report(5, 2, 0.5).first else { return #expect(Bool(false), "5 is the worst") }
    #expect(donor == TrialID(4), "1 has given up what it reported")
  }

  @Test func nothingIsDecidedBeforeTheAnswerHasCome() throws {
    var stand = try stand()
    for step in 1...2 { for trial in 2...4 { _ = stand.report(trial, step, Double(trial)) } }
    _ = stand.report(1, 1, 0)
    #expect(stand.report(1, 2, 0).count == 1)
    for trial in 2...4 { _ = stand.report(trial, 4, Double(trial)) }
    #expect(stand.report(1, 4, 0).isEmpty)
    #expect(stand.scheduler.moves(on: .notAdopted(TrialID(1)), in: stand.situation).isEmpty)
    #expect(stand.report(1, 5, 0).count == 1, "the interval was over long ago")
  }

  @Test(arguments: UInt64(1)...60) func whatIsExploredIsAllowed(seed: UInt64) throws {
    let space = try #require(Self.space)
    let perturbation = Perturbation(names: nil, resample: 0.25, factors: 0.8...1.2)
    var random = RandomStream(seed: seed, purpose: "test", index: 0)
    var twin = random
    var configuration = try space.sample(using: &random)
    _ = try space.sample(using: &twin)
    for _ in 0..<50 {
      let explored = try #require(perturbation.explored(from: configuration, in: space, using: &random))
      #expect(try space.validate(explored) == explored, "seed \(seed)")
      #expect(perturbation.explored(from: configuration, in: space, using: &twin) == explored, "the same numbers, the same values")
      configuration = explored
    }
  }

  @Test(arguments: [
    (Domain.float(lower: 0.001, upper: 1, scale: .log), Value.float(0.5), [Value.float(0.4), .float(0.6)]),
    (.float(lower: 0, upper: 1), .float(0.9), [.float(0.9 * 0.8), .float(1)]),
    (.float(lower: 0, upper: 1), .float(0), [.float(0), .float(0.1)]),
    (.int(lower: 1, upper: 100), .int(1), [.int(1), .int(2)]), (.int(lower: 1, upper: 100), .int(50), [.int(40), .int(60)]),
    (.int(lower: 2, upper: 8, step: 2), .int(4), [.int(2), .int(6)]), (.ordinal(["s", "m", "l"]), "m", ["s", "l"]),
    (.ordinal(["s", "m", "l"]), "l", ["m", "l"]), (.choice(["a", "b"]), "a", ["a"]), (.bool, true, [true]),
  ]) func neighbours(domain: Domain, value: Value, expected: [Value]) throws {
    let space = try SearchSpace([Parameter("x", domain)])
    let perturbation = Perturbation(names: nil, resample: 0, factors: 0.8...1.2)
    var found: Set<Value> = []
    for index in 0..<50 {
      var random = RandomStream(seed: 1, purpose: "test", index: index)
      let explored = try #require(perturbation.explored(from: Configuration(["x": value]), in: space, using: &random))
      if case .float(let number)? = explored["x"] {
        found.insert(.float((number * 1e9).rounded() / 1e9))
      } else {
        found.insert(try #require(explored["x"]))
      }
    }
    #expect(found == Set(expected.map { if case .float(let number) = $0 { .float((number * 1e9).rounded() / 1e9) } else { $0 } }))
  }

  @Test func onlyWhatIsNamedOrLiveIsMoved() throws {
    let space = try SearchSpace([
      Parameter("rate", .float(lower: 0.1, upper: 10), isLive: true), Parameter("hidden", .int(lower: 1, upper: 100)),
    ])
    let base = Configuration(["rate": 1.0, "hidden": 50])
    for (names, moved) in [(nil, ["rate"]), (["hidden"], ["hidden"]), (["rate", "hidden"], ["rate", "hidden"])]
      as [(Set<String>?, Set<String>)]
    {
      var random = RandomStream(seed: 1, purpose: "test", index: 0)
      let explored = Perturbation(names: names, resample: 0.5, factors: 0.8...1.2).explored(from: base, in: space, using: &random)
      #expect(Set(base.values.keys.filter { explored?[$0] != base[$0] }) == moved)
    }
  }

  @Test func whoHasDoneLessHasTheNextTurn() throws {
    var stand = try SchedulerStand(PopulationBasedTraining(interval: 2))
    stand.limits = Limits(trials: 4)
    for trial in 1...2 {
      #expect(stand.next() == .fresh)
      #expect(stand.report(trial, 1, 0.5).isEmpty)
      #expect(stand.report(trial, 2, 0.5) == [.suspend(TrialID(trial))], "others have not begun")
    }
    stand.history[TrialID(1)].state = .suspended
    stand.history[TrialID(2)].state = .suspended
    _ = stand.suspend(1)
    _ = stand.suspend(2)
    _ = stand.report(3, 1, 0.5)
    _ = stand.report(4, 1, 0.5)
    stand.canStartFresh = false
    #expect(stand.next() == .resume(TrialID(1)))
    #expect(stand.report(3, 2, 0.5).isEmpty, "nobody waits who has done less")
    #expect(stand.report(3, 4, 0.5) == [.suspend(TrialID(3))], "2 has done less")
  }

  @Test(arguments: [
    ("population", Value.int(1)), ("quantile", 0.6), ("quantile", 0), ("resample", 1.5), ("factors", "1.2..0.8"), ("factors", "-1..2"),
    ("interval", 0), ("perturb", ","), ("factor", "1..2"),
  ]) func badOptions(option: String, value: Value) {
    #expect(throws: AlgorithmError.self) { try SchedulerCatalog.make(AlgorithmChoice("pbt", options: [option: value])) }
  }

  @Test func populationsGrowBetter() throws {
    var means: [Double] = []
    for scheduler in [FirstInFirstOut() as any Scheduler, PopulationBasedTraining(interval: 3), PopulationBasedBandits(interval: 3)] {
      var values: [Double] = []
      for seed in UInt64(1)...8 {
        var terms = SchedulerRehearsal.Terms()
        (terms.seed, terms.trials, terms.slots, terms.isRough) = (seed, 12, 12, false)
        var rehearsal = try SchedulerRehearsal(terms)
        var scheduler = scheduler
        try rehearsal.play(&scheduler)
        values += rehearsal.history.trials.compactMap { $0.reports.last?.metrics["loss"] }
      }
      means.append(values.reduce(0, +) / Double(values.count))
    }
    #expect(means[1] < means[0] - 0.1 && means[2] < means[0] - 0.1, "\(means)")
  }
}
