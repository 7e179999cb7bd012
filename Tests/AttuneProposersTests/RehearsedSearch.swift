import AttuneCore
import AttuneMath
import AttuneValues

@testable import AttuneProposers

/// A proposer with a history that grows by its proposals.
struct RehearsedSearch {
  private(set) var history: History
  private var proposer: any Proposer
  private let seed: UInt64

  init(_ proposer: any Proposer, _ space: SearchSpace, seed: UInt64, objectives: [String] = ["loss"]) {
    history = History(space: space, objectives: objectives.map { Objective(metric: $0, goal: .minimize) })
    self.proposer = proposer
    self.seed = seed
  }

  /// The same trials in another space.
  func moved(to space: SearchSpace) -> RehearsedSearch {
    var moved = self
    moved.history = History(space: space, objectives: history.objectives, trials: history.trials)
    return moved
  }

  mutating func ask() throws -> Proposal { try Self.ask(&proposer, history, seed) }

  /// What another proposer would answer.
  func asked(of other: any Proposer) throws -> Proposal {
    var other = other
    return try Self.ask(&other, history, seed)
  }

  mutating func start(_ proposal: Proposal, by name: String = "tpe") {
    var trial = Trial(id: TrialID(history.trials.count + 1), configuration: proposal.configuration, proposer: name, note: proposal.note)
    trial.state = .running
    history.append(trial)
  }

  /// - Parameter value: `nil` when it failed.
  mutating func tell(_ number: Int, _ value: Double?) {
    report(number, step: 1, value.map { [history.objective.metric: $0] } ?? [:])
    end(number, as: value == nil ? .failed : .completed)
  }

  mutating func report(_ number: Int, step: Int, _ metrics: [String: Double]) {
    history[TrialID(number)].reports.append(Report(step: step, metrics: metrics, elapsed: 0))
  }

  mutating func end(_ number: Int, as state: Trial.State) { history[TrialID(number)].state = state }

  /// Trials one after another; `nil` for one that fails.
  mutating func run(_ count: Int, _ loss: (Configuration) -> Double?) throws -> [Proposal] {
    let metric = history.objective.metric
    return try run(count) { configuration in loss(configuration).map { [metric: $0] } }
  }

  mutating func run(_ count: Int, _ metrics: (Configuration) -> [String: Double]?) throws -> [Proposal] {
    try (0..<count).map { _ in
      let proposal = try ask()
      start(proposal)
      let metrics = metrics(proposal.configuration)
      report(history.trials.count, step: 1, metrics ?? [:])
      end(history.trials.count, as: metrics == nil ? .failed : .completed)
      return proposal
    }
  }

  private static func ask(_ proposer: inout any Proposer, _ history: History, _ seed: UInt64) throws -> Proposal {
    let id = TrialID(history.trials.count + 1)
    var random = RandomStream(seed: seed, purpose: "propose", index: id.rawValue)
    guard let proposal = try proposer.propose(id, after: history, using: &random) else { throw NothingProposed() }
    return proposal
  }

  struct NothingProposed: Error {}
}
