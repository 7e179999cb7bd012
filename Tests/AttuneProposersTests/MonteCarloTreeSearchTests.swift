import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneProposers

@Suite struct MonteCarloTreeSearchTests {
  /// An architecture in small: the kind decides which parameters there are, and only one branch in four is good.
  private static func architectures() throws -> SearchSpace {
    try SearchSpace([
      Parameter("kind", .choice(["linear", "conv", "dense", "tree"])),
      Parameter("layers", .int(lower: 1, upper: 8), when: Expression("kind", isOneOf: ["conv", "dense"])),
      Parameter("pool", .choice(["max", "mean", "none"]), when: Expression("kind", isOneOf: ["conv"])),
      Parameter("kernel", .ordinal([1, 3, 5, 7, 9]), when: Expression("pool", isOneOf: ["max"])),
      Parameter("width", .int(lower: 8, upper: 512, scale: .log), when: Expression("layers > 2")),
      Parameter("splits", .int(lower: 2, upper: 64), when: Expression("kind", isOneOf: ["tree"])),
      Parameter("rate", .float(lower: 1e-4, upper: 1, scale: .log)),
    ])
  }

  private static func loss(of trial: Configuration) -> Double {
    let rate = abs((trial["rate"]?.number ?? 1) - 0.01) / ((trial["rate"]?.number ?? 1) + 0.01) * 0.2
    switch trial["kind"] {
    case "conv":
      let layers = abs((trial["layers"]?.number ?? 0) - 6) * 0.04
      let kernel = trial["pool"] == "max" ? abs((trial["kernel"]?.number ?? 0) - 5) * 0.02 : 0.2
      return 0.05 + rate + layers + kernel + (trial["width"] == nil ? 0.2 : 0)
    case "dense": return 0.5 + rate
    case "tree": return 0.4 + rate + abs((trial["splits"]?.number ?? 0) - 20) * 0.005
    default: return 0.6 + rate
    }
  }

  /// Medians of eleven seeds at sixty trials.
  @Test func beatsRandomSearchWhereConditionsOpenBranches() throws {
    func median(_ make: () -> any Proposer) throws -> Double {
      try (1...11).map { try Self.best(make(), name: "mcts", seed: UInt64($0), trials: 60) }.sorted()[5]
    }
    let tree = try median { MonteCarloTreeSearch() }, drawn = try median { RandomSearch() }
    #expect(tree < 0.6 * drawn, "\(tree) against \(drawn) of random search; 0.05 is the optimum")
  }

  @Test func goesWhereTrialsOfOthersWereGood() throws {
    let space = try Self.architectures()
    let prior = try (1...40).map { number in
      var random = RandomStream(seed: 1, purpose: "prior", index: number)
      let configuration = try space.sample(using: &random)
      return ended(configuration, at: number, by: "ada", value: Self.loss(of: configuration))
    }
    var history = History(space: space, objectives: [Objective(metric: "loss", goal: .minimize)], prior: prior)
    for number in 1...10 {
      var proposer = MonteCarloTreeSearch()
      var random = RandomStream(seed: 1, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      history.append(ended(proposal.configuration, at: number, by: "mcts", value: Self.loss(of: proposal.configuration)))
    }
    #expect(history.trials.count { $0.configuration["kind"] == "conv" } >= 6)
  }

  /// Eight trials at a time: those under way count as visits, so the eight are not the same one.
  @Test func trialsUnderWayDriveOthersElsewhere() throws {
    var history = History(space: try Self.architectures(), objective: Objective(metric: "loss", goal: .minimize))
    var proposer = MonteCarloTreeSearch()
    for number in 1...48 {
      var random = RandomStream(seed: 2, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      var trial = ended(proposal.configuration, at: number, by: "mcts", value: Self.loss(of: proposal.configuration))
      trial.state = .running
      history.append(trial)
      if number > 8 { history[TrialID(number - 8)].state = .completed }
    }
    #expect(Set(history.trials.suffix(8).map(\.configuration)).count == 8)
    #expect(history.trials.suffix(16).count { $0.configuration["kind"] == "conv" } >= 8)
  }

  @Test(arguments: [(1.0, "all results are equal"), (nil, "nothing has a value yet")] as [(Double?, String)])
  func saysWhenNothingCanBeLearnt(value: Double?, reason: String) throws {
    var history = History(space: try Self.architectures(), objective: Objective(metric: "loss", goal: .minimize))
    for number in 1...9 {
      var proposer = MonteCarloTreeSearch()
      var random = RandomStream(seed: 3, purpose: "propose", index: number)
      let proposal = try #require(try proposer.propose(TrialID(number), after: history, using: &random))
      #expect(proposal.note == (number == 9 ? "\(reason); this one is spread over the space" : nil))
      history.append(ended(proposal.configuration, at: number, by: "mcts", value: value))
    }
  }

  @Test func binsAreOneValueOrAnEvenPart() throws {
    var random = RandomStream(seed: 1, purpose: "bins", index: 0)
    let parameters = [
      Parameter("a", .float(lower: 0, upper: 10)), Parameter("b", .int(lower: 1, upper: 100, scale: .log)),
      Parameter("c", .choice(["x", "y", "z"])), Parameter("d", .int(lower: 0, upper: 1_000_000)),
    ]
    for (parameter, count) in zip(parameters, [32, 100, 3, 32]) {
      let branching = Branching(parameter, levels: 5)
      #expect(branching.count == count)
      for bin in 0..<count { #expect(branching.bin(of: branching.coordinate(of: bin, using: &random)) == bin, "\(parameter.name)") }
    }
  }

  private static func best(_ proposer: any Proposer, name: String, seed: UInt64, trials: Int) throws -> Double {
    var proposer = proposer
    var history = History(space: try architectures(), objective: Objective(metric: "loss", goal: .minimize))
    for number in 1...trials {
      var random = RandomStream(seed: seed, purpose: "propose", index: number)
      guard let proposal = try proposer.propose(TrialID(number), after: history, using: &random) else { break }
      history.append(ended(proposal.configuration, at: number, by: name, value: loss(of: proposal.configuration)))
    }
    return history.best?.value ?? .infinity
  }
}

private func ended(_ configuration: Configuration, at number: Int, by: String, value: Double?) -> Trial {
  var trial = Trial(id: TrialID(number), configuration: configuration, proposer: by)
  trial.state = value == nil ? .failed : .completed
  trial.reports = value.map { [Report(step: 1, metrics: ["loss": $0], elapsed: 1)] } ?? []
  return trial
}
