import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneProposers

@Suite struct ScrambledSobolTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func firstTrialsAreANet(seed: UInt64) throws {
    let space = try SearchSpace([
      Parameter("x", .float(lower: 0, upper: 1)), Parameter("c", .choice(["a", "b", "c", "d"])), Parameter("flag", .bool),
    ])
    let tried = try proposals(32, in: space, seed: seed)
    #expect(Set(tried.map { Int(($0.configuration["x"]?.number ?? 0) * 32) }).count == 32, "seed \(seed)")
    let cells = Dictionary(grouping: tried) { "\($0.configuration["c"] ?? "")\($0.configuration["flag"] ?? "")" }
    #expect(cells.count == 8 && cells.values.allSatisfy { $0.count == 4 }, "seed \(seed): \(cells.mapValues(\.count))")
  }

  @Test func everyExperimentHasItsOwn() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("y", .float(lower: 0, upper: 1))])
    #expect(try Set(proposals(8, in: space, seed: 1)).isDisjoint(with: proposals(8, in: space, seed: 2)))
  }

  @Test func nothingIsTriedTwiceWhileSomethingIsLeft() throws {
    let space = try SearchSpace(
      [Parameter("a", .int(lower: 1, upper: 4)), Parameter("b", .bool)], constraints: [Expression("a != 3 or b")])
    let tried = try proposals(8, in: space, seed: 1, adding: [1: Configuration(["a": 1, "b": false])])
    #expect(Set(tried.prefix(7).map(\.configuration)).count == 7)
    #expect(tried.prefix(7).allSatisfy { $0.note == nil })
    #expect(tried.last?.note == "every configuration of the space has been tried; this one is repeated")
  }

  @Test func constraintsThatNothingKeepsAreAnError() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))], constraints: [Expression("x > 2")])
    #expect(throws: SpaceError.constraintsTooTight(constraints: ["x > 2"])) { try proposals(1, in: space, seed: 1) }
  }

  /// - Parameter adding: configurations that a person adds before the proposal of that index.
  private func proposals(
    _ count: Int, in space: SearchSpace, seed: UInt64, adding: [Int: Configuration] = [:]
  ) throws -> [Proposal] {
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    var proposer = ScrambledSobol()
    var found: [Proposal] = []
    for index in 0..<count {
      if let added = adding[index] {
        found.append(Proposal(added))
        history.append(Trial(id: TrialID(index + 1), configuration: added, proposer: "ada"))
        continue
      }
      var random = RandomStream(seed: seed, purpose: "propose", index: index + 1)
      let proposal = try #require(try proposer.propose(TrialID(index + 1), after: history, using: &random))
      found.append(proposal)
      history.append(Trial(id: TrialID(index + 1), configuration: proposal.configuration, proposer: "sobol"))
    }
    return found
  }
}
