import AttuneCore
import AttuneMath
import AttuneProposers
import AttuneValues

/// A whole search in no time: proposals, and what a function says of them.
struct SeededSearch {
  var history: History
  private let proposer: String
  private var algorithm: any Proposer

  init(
    _ proposer: String, _ options: [String: Value] = [:], in space: SearchSpace,
    objectives: [Objective] = [Objective(metric: "loss", goal: .minimize)], constraints: [OutcomeConstraint] = []
  ) throws {
    self.proposer = proposer
    history = History(space: space, objectives: objectives, outcomeConstraints: constraints)
    algorithm = try ProposerCatalog.make(AlgorithmChoice(proposer, options: options))
  }

  /// - Parameters:
  ///   - parallel: trials under way at a time; they end in the order in which they began.
  ///   - evaluate: the metrics of a configuration; `nil` for one that fails.
  mutating func run(
    _ trials: Int, seed: UInt64, parallel: Int = 1, _ evaluate: (Configuration, Trial) -> [String: Double]?
  ) throws -> History {
    for number in 1...(trials + parallel) {
      if number > parallel {
        let id = TrialID(number - parallel)
        let metrics = evaluate(history[id].configuration, history[id])
        history[id].reports = metrics.map { [Report(step: 1, metrics: $0, elapsed: 1)] } ?? []
        history[id].state = metrics == nil ? .failed : .completed
      }
      guard number <= trials else { continue }
      var random = RandomStream(seed: seed, purpose: "propose", index: number)
      guard let proposal = try algorithm.propose(TrialID(number), after: history, using: &random) else { break }
      history.append(
        Trial(
          id: TrialID(number), configuration: proposal.configuration, proposer: proposer, parent: proposal.parent, note: proposal.note))
    }
    return history
  }
}

extension Array where Element == Double {
  /// The middle one, of an odd number of them.
  var middle: Double { sorted()[count / 2] }
}
