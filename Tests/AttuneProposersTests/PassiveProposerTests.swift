import AttuneCore
import AttuneMath
import AttuneTesting
import Testing

@testable import AttuneProposers

@Suite struct PassiveProposerTests {
  @Test func proposesNothing() throws {
    var proposer = try ProposerCatalog.make(AlgorithmChoice("passive"))
    var random = RandomStream(seed: 1, purpose: "propose", index: 1)
    let history = History(space: try ProposerContract.exampleSpace(), objective: Objective(metric: "loss", goal: .minimize))
    #expect(try proposer.propose(TrialID(1), after: history, using: &random) == nil)
  }

  /// The engine knows it by its word.
  @Test(arguments: ProposerCatalog.names) func isTheOnlyOneThatTheEngineDoesNotAsk(name: String) throws {
    let definition = ExperimentDefinition(
      name: "e", job: Job(command: ["train"], directory: "/"), objective: Objective(metric: "loss", goal: .minimize),
      space: try ProposerContract.exampleSpace(), proposer: AlgorithmChoice(name), scheduler: AlgorithmChoice("fifo"),
      resources: Resources(localSlots: 1), limits: Limits(), seed: 1)
    #expect(definition.isPassive == (name == "passive"))
  }
}
