import AttuneCore
import AttuneMath
import AttuneValues

extension ProposerContract {
  /// What may meet a proposer beside good news.
  public enum Hardship: String, CaseIterable, Sendable {
    case notANumber, infinite, allEqual, huge, onePoint, manyDimensions, manyChoices, allFailed, foreignHistory, touchedTrials, pending
    case severalObjectives, outcomeConstraints, editedSpace
  }

  /// Puts a proposer through a hardship: it answers every question with a valid configuration, with `nil` (nothing more to try) or with an
  /// error that has words for people, and asked again it answers the same.
  /// - Returns: what it proposed, for checks of a proposer's own.
  /// - Throws: `ContractViolation`.
  @discardableResult
  public static func check(
    name: String, under hardship: Hardship, seed: UInt64 = 1, trials: Int = 24, _ make: () throws -> any Proposer
  ) throws -> [Proposal] {
    let first = try proposals(under: hardship, seed: seed, trials: trials, name: name, forgets: false, make)
    let second = try proposals(under: hardship, seed: seed, trials: trials, name: name, forgets: true, make)
    try ContractViolation.require(first == second, "\(name) under \(hardship) depends on what it keeps besides the history")
    return first
  }

  private static func proposals(
    under hardship: Hardship, seed: UInt64, trials: Int, name: String, forgets: Bool, _ make: () throws -> any Proposer
  ) throws -> [Proposal] {
    let lost = hardship == .foreignHistory ? foreignTrials() : []
    var history = History(
      space: try space(of: hardship),
      objectives: [Objective(metric: "loss", goal: .minimize)] + (hardship == .severalObjectives ? [second] : []),
      outcomeConstraints: hardship == .outcomeConstraints ? [OutcomeConstraint(metric: "memory", .atMost, 1)] : [], prior: lost)
    var proposer = try make()
    var found: [Proposal] = []
    for number in 1...trials {
      if hardship == .editedSpace { for edit in edits[number] ?? [] { try history.take(edit) } }
      if forgets { proposer = try make() }
      var random = RandomStream(seed: seed, purpose: "propose", index: number)
      let proposal: Proposal?
      do { proposal = try proposer.propose(TrialID(number), after: history, using: &random) } catch {
        try ContractViolation.require(!"\(error)".isEmpty, "\(name) under \(hardship) fails without a word")
        break
      }
      guard let proposal else { break }
      let valid = try history.space.validate(proposal.configuration)
      try ContractViolation.require(valid == proposal.configuration, "\(name) under \(hardship) proposes \(proposal.configuration)")
      found.append(proposal)
      history.append(trial(number, proposal, by: name, under: hardship))
      // Trials end in order, seven later than they were proposed.
      if hardship == .pending, number > 7 { history[TrialID(number - 7)].state = .completed }
    }
    return found
  }

  /// What a person does to the example space while it is searched, by the number of the trial before which it is done.
  private static let edits: [Int: [SpaceEdit]] = [
    7: [.narrow("learning_rate", lower: 1e-3, upper: 0.1), .freeze("solver", "adam"), .remove("layers", values: [2])],
    11: [.unfreeze("solver"), .remove("solver", values: ["lbfgs"]), .narrow("hidden", lower: 100, upper: 128)],
    15: [.widen("learning_rate", lower: 1e-7, upper: 0.1), .add("solver", values: ["lion"]), .freeze("dropout", 0.25)],
    19: [.add("layers", values: [2, 3]), .unfreeze("dropout"), .narrow("dropout", lower: 0.25, upper: 0.5), .freeze("hidden", 128)],
    22: [
      .unfreeze("hidden"), .widen("hidden", lower: 4, upper: 512),
      .parameter(Parameter("decay", .float(lower: 1e-6, upper: 1e-2, scale: .log), standard: 1e-6)),
    ],
  ]

  private static let second = Objective(metric: "gain", goal: .maximize)

  private static func space(of hardship: Hardship) throws -> SearchSpace {
    switch hardship {
    case .onePoint: try SearchSpace([Parameter("x", .int(lower: 3, upper: 3)), Parameter("c", .choice(["only"]))])
    case .manyDimensions: try SearchSpace((0..<500).map { Parameter("x\($0)", .float(lower: -1, upper: 1)) })
    case .manyChoices:
      try SearchSpace([Parameter("c", .choice((0..<10_000).map { .int($0) })), Parameter("x", .float(lower: 0, upper: 1))])
    default: try exampleSpace()
    }
  }

  private static func trial(_ number: Int, _ proposal: Proposal, by name: String, under hardship: Hardship) -> Trial {
    // By name: in another order, the sum is another in its last bit.
    let good = proposal.configuration.values.sorted { $0.key < $1.key }.reduce(0) { $0 + sin(of: $1.value) }
    let loss: Double =
      switch hardship {
      case .notANumber: number % 3 == 0 ? good : .nan
      case .infinite: number % 3 == 0 ? good : number % 3 == 1 ? .infinity : -.infinity
      case .allEqual: 1
      case .huge: number % 2 == 0 ? 1e300 : number % 3 == 0 ? -1e300 : good
      default: good
      }
    var trial = completed(number, proposal, by: name, loss: loss)
    switch hardship {
    case .allFailed: trial.state = .failed
    case .pending: trial.state = .running
    case .touchedTrials where number % 2 == 0:
      trial.changes = [Change(number: 1, step: 1, values: ["learning_rate": 0.5], by: "ada")]
    case .severalObjectives: trial.reports = [Report(step: 1, metrics: ["loss": loss, "gain": Double(number % 5)], elapsed: 1)]
    case .outcomeConstraints: trial.reports = [Report(step: 1, metrics: ["loss": loss, "memory": Double(number % 3)], elapsed: 1)]
    default: break
    }
    return trial
  }

  /// Trials of a space that shares a name with ours, and nothing else.
  private static func foreignTrials() -> [Trial] {
    (1...12).map { number in
      completed(
        number, Proposal(Configuration(["learning_rate": .string("fast"), "wings": .int(number)])), by: "ada", loss: Double(number))
    }
  }

  /// A bounded number for any value, so that sums stay finite and differ between configurations.
  private static func sin(of value: Value) -> Double {
    let number = value.number ?? Double(value.description.utf8.reduce(0) { $0 + Int($1) })
    return number / (1 + abs(number))
  }
}
