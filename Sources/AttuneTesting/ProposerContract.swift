import AttuneCore
import AttuneMath
import AttuneValues

/// What every proposer promises, as a check that anybody who writes one can run.
public enum ProposerContract {
  /// Runs the whole contract on a mixed, conditional, constrained space.
  /// - Parameter make: a fresh proposer under test.
  /// - Throws: `ContractViolation`, or what the proposer throws.
  public static func check(name: String, seed: UInt64 = 1, trials: Int = 30, _ make: () throws -> any Proposer) throws {
    let space = try exampleSpace()
    let straight = try proposals(space: space, seed: seed, trials: trials, name: name, make)
    try ContractViolation.require(!straight.isEmpty, "\(name) proposes nothing")
    for configuration in straight {
      let valid = try space.validate(configuration)
      try ContractViolation.require(valid == configuration, "\(name) proposes \(configuration), whose proper form is \(valid)")
    }
    let again = try proposals(space: space, seed: seed, trials: trials, name: name, make)
    try ContractViolation.require(straight == again, "\(name) proposes differently for the same seed")
    let forgetful = try proposals(space: space, seed: seed, trials: trials, name: name, forgets: true, make)
    try ContractViolation.require(straight == forgetful, "\(name) depends on what it keeps besides the history")
  }

  /// The space of the contract: every kind of domain, conditions two deep, a constraint.
  public static func exampleSpace() throws -> SearchSpace {
    try SearchSpace(
      [
        Parameter("learning_rate", .float(lower: 1e-5, upper: 1, scale: .log)), Parameter("solver", .choice(["sgd", "adam", "lbfgs"])),
        Parameter("momentum", .float(lower: 0, upper: 0.99), when: Expression("solver", isOneOf: ["sgd"])),
        Parameter("nesterov", .bool, when: Expression("momentum > 0.5")), Parameter("hidden", .int(lower: 8, upper: 256, scale: .log)),
        Parameter("layers", .ordinal([1, 2, 4])), Parameter("dropout", .float(lower: 0, upper: 0.5, step: 0.125)),
      ], constraints: [Expression("hidden * layers <= 512")])
  }

  private static func proposals(
    space: SearchSpace, seed: UInt64, trials: Int, name: String, forgets: Bool = false, _ make: () throws -> any Proposer
  ) throws -> [Configuration] {
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    var proposer = try make()
    for number in 1...trials {
      if forgets { proposer = try make() }
      var random = RandomStream(seed: seed, purpose: "propose", index: number)
      guard let proposal = try proposer.propose(TrialID(number), after: history, using: &random) else { break }
      history.append(completed(number, proposal, by: name, loss: loss(proposal.configuration)))
    }
    return history.trials.map(\.configuration)
  }

  static func completed(_ number: Int, _ proposal: Proposal, by name: String, loss: Double) -> Trial {
    var trial = Trial(
      id: TrialID(number), configuration: proposal.configuration, proposer: name, parent: proposal.parent, note: proposal.note)
    trial.state = .completed
    trial.reports = [Report(step: 1, metrics: ["loss": loss], elapsed: 1)]
    return trial
  }

  private static func loss(_ configuration: Configuration) -> Double {
    configuration.values.sorted { $0.key < $1.key }.reduce(0) { $0 + ($1.value.number ?? 0.5) / (1 + abs($1.value.number ?? 0)) }
  }
}
