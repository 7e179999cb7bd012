import AttuneCore
import AttuneMath

/// Answers `Action.propose`: with the points to start with, then with what the proposer wants, and nothing twice unless that is wanted.
///
/// A function of the machine's state; what it keeps is a cache. Usable without a driver.
public struct ProposalSource: Sendable {
  /// How often a proposer that proposes what was tried is asked again, each time with another stream.
  static let askLimit = 3
  private let definition: ExperimentDefinition
  private var proposer: any Proposer
  private var tried = TriedConfigurations()

  /// The source of an experiment's proposals.
  public init(_ definition: ExperimentDefinition, proposer: any Proposer) {
    self.definition = definition
    self.proposer = proposer
  }

  /// The event that answers: `proposed` or `proposalFailed`.
  public mutating func answer(for machine: ExperimentMachine) -> Event.Kind {
    let history = machine.historyForProposal
    // Counted by proposals: the n-th is the same however many twins and replicas have taken numbers.
    let ordinal = TrialID(history.trials.count + 1)
    if let start = machine.nextStart {
      var random = stream("propose", ordinal)
      let completed = try? history.space.sample(keeping: start, using: &random)
      if let completed { return .proposed(configuration: completed, by: ExperimentMachine.starter) }
    }
    do {
      let (proposal, note) = try proposal(ordinal, after: history)
      // Numbers that the proposer sees pass over twins and replicas; the trial's own number is kept.
      let parent = proposal?.parent.map { machine.history.number(ofProposal: $0) }
      return .proposed(configuration: proposal?.configuration, by: definition.proposer.name, parent: parent, note: note)
    } catch {
      return .proposalFailed(message: "proposer '\(definition.proposer.name)': \(error)")
    }
  }

  private func stream(_ purpose: String, _ ordinal: TrialID) -> RandomStream {
    RandomStream(seed: definition.seed, purpose: purpose, index: ordinal.rawValue)
  }

  private mutating func proposal(_ ordinal: TrialID, after history: History) throws -> (Proposal?, note: String?) {
    var random = stream("propose", ordinal)
    var proposal = try proposer.propose(ordinal, after: history, using: &random)
    guard definition.duplicates == .avoid, !proposer.repeatsOnPurpose else { return (proposal, proposal?.note) }
    tried.update(from: history)
    for attempt in 1...Self.askLimit {
      guard let again = proposal, tried.all.contains(again.configuration) else { return (proposal, proposal?.note) }
      var random = stream("propose again \(attempt)", ordinal)
      proposal = try proposer.propose(ordinal, after: history, using: &random) ?? again
    }
    guard let repeated = proposal, tried.all.contains(repeated.configuration) else { return (proposal, proposal?.note) }
    var nearby = stream("propose nearby", ordinal)
    switch tried.untried(near: repeated.configuration, in: history.space, using: &nearby) {
    case .found(let configuration):
      let note = [repeated.note, "moved from a configuration that was tried before"].compactMap(\.self).joined(separator: "; ")
      return (Proposal(configuration, parent: repeated.parent, note: note), note)
    case .none: return (nil, "every configuration has been tried")
    case .unknown: return (repeated, "tried before: none that was not has been found")
    }
  }
}
