import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneProposers

@Suite struct TreeParzenSearchTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func findsBetterThanRandom(seed: UInt64) throws {
    let space = try SearchSpace([
      Parameter("x", .float(lower: -5, upper: 5)), Parameter("rate", .float(lower: 1e-5, upper: 1, scale: .log)),
      Parameter("layers", .int(lower: 1, upper: 8)), Parameter("solver", .choice(["sgd", "adam", "lbfgs"])),
    ])
    func loss(_ configuration: Configuration) -> Double {
      let x = configuration["x"]?.number ?? 0, layers = configuration["layers"]?.number ?? 0
      let rate = space["rate"]?.unit(of: configuration["rate"] ?? 1) ?? 0
      return (x - 2) * (x - 2) + 20 * (rate - 0.3) * (rate - 0.3) + (layers - 4) * (layers - 4)
        + (configuration["solver"] == "adam" ? 0 : 2)
    }
    let found = try searched(TreeParzenSearch(), space, seed, loss).map { loss($0.configuration) }.min() ?? .infinity
    let drawn = try searched(RandomSearch(), space, seed, loss).map { loss($0.configuration) }.min() ?? 0
    #expect(found < 0.2 && found < drawn, "seed \(seed): \(found), random \(drawn)")
  }

  /// One that has seen every step, trials ending in another order than they began, and one that sees them all at once.
  @Test func remembersNothingThatTheHistoryDoesNotTell() throws {
    let space = try ProposerContract.exampleSpace()
    var search = RehearsedSearch(TreeParzenSearch(), space, seed: 4)
    for number in 1...60 {
      let proposal = try search.ask()
      #expect(try search.asked(of: TreeParzenSearch()) == proposal, "trial \(number)")
      search.start(proposal)
      if number % 5 == 0 {
        for ended in [number, number - 3, number - 1] { search.tell(ended, ended % 4 == 0 ? nil : Double(ended % 13)) }
      }
    }
  }

  @Test func learnsOfParametersThatAreNotAlwaysThere() throws {
    let space = try SearchSpace([
      Parameter("solver", .choice(["adam", "sgd"])),
      Parameter("momentum", .float(lower: 0, upper: 1), when: Expression("solver", isOneOf: ["sgd"])),
      Parameter("beta", .float(lower: 0, upper: 1), when: Expression("solver", isOneOf: ["adam"])),
    ])
    var search = RehearsedSearch(TreeParzenSearch(), space, seed: 5)
    let tried = try search.run(60) { configuration in
      configuration["momentum"]?.number.map { abs($0 - 0.8) } ?? 0.5
    }
    let late = tried.suffix(20).compactMap { $0.configuration["momentum"]?.number }
    #expect(late.count >= 15 && late.count { abs($0 - 0.8) < 0.15 } >= 12, "\(late)")
  }

  @Test func nothingIsTriedTwiceWhileSomethingIsLeft() throws {
    let space = try SearchSpace([
      Parameter("a", .int(lower: 1, upper: 5)), Parameter("b", .choice(["x", "y", "z"])), Parameter("c", .bool),
    ])
    var search = RehearsedSearch(TreeParzenSearch(), space, seed: 6)
    let tried = try search.run(31) { $0["a"]?.number }
    #expect(Set(tried.prefix(30).map(\.configuration)).count == 30)
    #expect(tried.last?.note == "every configuration of the space has been tried; this one is repeated")
  }

  @Test(
    arguments: [
      (1.0, "all trials that ended are worth the same: this one fills the space evenly"),
      (nil, "no trial has a value yet: this one fills the space evenly"),
    ] as [(Double?, String)])
  func saysWhyItDoesNotLearn(value: Double?, note: String) throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))])
    var search = RehearsedSearch(TreeParzenSearch(start: 5), space, seed: 7)
    let tried = try search.run(7) { _ in value }
    #expect(tried.map(\.note) == [nil, nil, nil, nil, nil, note, note])
  }

  @Test func staysWithinANarrowedSpace() throws {
    let space = try SearchSpace([
      Parameter("x", .float(lower: 0, upper: 1)), Parameter("c", .choice(["a", "b", "d"])), Parameter("n", .int(lower: 0, upper: 9)),
    ])
    let narrow = try [SpaceEdit.narrow("x", lower: 0.5, upper: 0.6), .remove("c", values: ["b"]), .freeze("n", 3)].reduce(space) {
      try $1.applied(to: $0)
    }
    var wide = RehearsedSearch(TreeParzenSearch(), space, seed: 8)
    _ = try wide.run(30) { $0["x"]?.number }
    var search = wide.moved(to: narrow)
    for proposal in try search.run(30, { $0["x"]?.number }) {
      #expect(try narrow.validate(proposal.configuration) == proposal.configuration)
    }
  }

  @Test func followsAWholeFront() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: -2, upper: 4)), Parameter("y", .float(lower: -2, upper: 2))])
    var search = RehearsedSearch(TreeParzenSearch(), space, seed: 9, objectives: ["f", "g"])
    let tried = try search.run(120) { configuration in
      let x = configuration["x"]?.number ?? 0, y = configuration["y"]?.number ?? 0
      return ["f": x * x + y * y, "g": (x - 2) * (x - 2) + y * y]
    }
    let late = tried.suffix(60).map { ($0.configuration["x"]?.number ?? 9, $0.configuration["y"]?.number ?? 9) }
    let near = late.filter { $0.0 > -0.3 && $0.0 < 2.3 && abs($0.1) < 0.5 }
    #expect(near.count >= 40 && near.contains { $0.0 < 0.5 } && near.contains { $0.0 > 1.5 }, "\(late)")
  }

  private func searched(_ proposer: any Proposer, _ space: SearchSpace, _ seed: UInt64, _ loss: (Configuration) -> Double) throws
    -> [Proposal]
  {
    var search = RehearsedSearch(proposer, space, seed: seed)
    return try search.run(80, loss)
  }
}
