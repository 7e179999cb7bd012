import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneProposers

@Suite struct ProposerTests {
  /// Those that search by themselves; what a person has to give the others, their own tests give.
  static let searching = ProposerCatalog.names.filter { !["sequence", "passive"].contains($0) }

  @Test(arguments: searching)
  func keepsTheContract(name: String) throws {
    try ProposerContract.check(name: name) { try ProposerCatalog.make(AlgorithmChoice(name)) }
  }

  @Test(arguments: searching, ProposerContract.Hardship.allCases)
  func bearsHardship(name: String, hardship: ProposerContract.Hardship) throws {
    try ProposerContract.check(name: name, under: hardship) { try ProposerCatalog.make(AlgorithmChoice(name)) }
  }

  @Test func catalogRefuses() {
    #expect(throws: AlgorithmError.unknown(kind: "proposer", name: "radnom", known: ProposerCatalog.names)) {
      try ProposerCatalog.make(AlgorithmChoice("radnom"))
    }
    #expect(throws: AlgorithmError.unknownOption(algorithm: "grid", option: "pionts", known: ["points"])) {
      try ProposerCatalog.make(AlgorithmChoice("grid", options: ["pionts": 3]))
    }
    #expect(throws: AlgorithmError.badOption(algorithm: "grid", option: "points", value: 0, allowed: "an integer in 1...10000")) {
      try ProposerCatalog.make(AlgorithmChoice("grid", options: ["points": 0]))
    }
    let message = AlgorithmError.unknown(kind: "proposer", name: "radnom", known: ["grid", "random"]).description
    #expect(message == "proposer 'radnom' is not known. Did you mean 'random'?; known: grid, random")
  }

  @Test func gridGoesThroughEveryCombinationOnce() throws {
    let space = try SearchSpace(
      [
        Parameter("a", .int(lower: 1, upper: 3)), Parameter("b", .choice(["x", "y"])),
        Parameter("c", .float(lower: 1, upper: 100, scale: .log), when: Expression("b", isOneOf: ["y"])),
      ], constraints: [Expression("a != 2 or b == 'x'")])
    let proposed = try all(of: GridSearch(points: 3), in: space)
    let text = proposed.map { "\($0["a"] ?? "")\($0["b"] ?? "") \((($0["c"]?.number) ?? 0).rounded())" }
    #expect(text == ["1x 0.0", "1y 1.0", "1y 10.0", "1y 100.0", "2x 0.0", "3x 0.0", "3y 1.0", "3y 10.0", "3y 100.0"])
  }

  @Test func gridPassesOverWhatPeopleAdded() throws {
    let space = try SearchSpace([Parameter("a", .int(lower: 1, upper: 3))])
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    var grid = GridSearch()
    var random = RandomStream(seed: 1, purpose: "propose", index: 1)
    let first = try #require(try grid.propose(TrialID(1), after: history, using: &random))
    history.append(Trial(id: TrialID(1), configuration: first.configuration, proposer: "grid"))
    history.append(Trial(id: TrialID(2), configuration: Configuration(["a": 3]), proposer: "ada"))
    #expect(try grid.propose(TrialID(3), after: history, using: &random) == Proposal(Configuration(["a": 2])))
  }

  @Test func gridOfAHugeSpaceStartsAtOnce() throws {
    let space = try SearchSpace((0..<100).map { Parameter("x\($0)", .float(lower: 0, upper: 1)) })
    var grid = GridSearch()
    var random = RandomStream(seed: 1, purpose: "propose", index: 1)
    let history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    #expect(try grid.propose(TrialID(1), after: history, using: &random)?.configuration.values.values.allSatisfy { $0 == 0.0 } == true)
  }

  private func all(of proposer: GridSearch, in space: SearchSpace) throws -> [Configuration] {
    var proposer = proposer
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    var random = RandomStream(seed: 1, purpose: "propose", index: 0)
    while let next = try proposer.propose(TrialID(history.trials.count + 1), after: history, using: &random) {
      history.append(Trial(id: TrialID(history.trials.count + 1), configuration: next.configuration, proposer: "grid"))
    }
    return history.trials.map(\.configuration)
  }
}
