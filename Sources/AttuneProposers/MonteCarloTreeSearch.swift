import AttuneCore
import AttuneMath

/// Decides one parameter after the other, each by what trials earned that decided alike before: upper confidence bounds on the tree of
/// decisions.
///
/// Made for spaces whose conditions open branches, such as architectures: what was learnt in one branch is not mixed with another. Ranges
/// are halved again and again, each half being a decision. A trial earns by its rank among all, those of other experiments and of people
/// included; trials that people changed live earn nothing and count for nothing. It judges by the first objective; what broke an outcome
/// constraint earns less than anything that kept them, and what failed least.
/// When not to use it: where parameters have ranges without conditions, `cmaes`, `tpe` and `gp` find better.
/// Sources: Negrinho and Gordon, "DeepArchitect" (2017), for the tree and the halving; Kocsis and Szepesvári, "Bandit based Monte-Carlo
/// planning" (2006); for decisions nobody met yet see `Playout`.
public struct MonteCarloTreeSearch: Proposer {
  private static let word = "mcts"
  /// Ways that are gone for one that keeps the constraints and is new.
  private static let patience = 100
  /// Trials that may all be equal before the search gives up on learning from them.
  private static let fewest = 8
  private let exploration: Double
  private let levels: Int
  private var observations = Observations()
  private var branchings: [Branching] = []
  /// Beside each observation: its bins, its reward left open.
  private var plays: [Play] = []
  private var tried: Set<Configuration> = []
  private var design = SobolDesign(of: word)

  /// - Parameters:
  ///   - exploration: weight of rarity against reward, 0 or more.
  ///   - levels: how often a range without steps is halved, in 1...20.
  public init(exploration: Double = 0.3, levels: Int = 5) {
    precondition(exploration >= 0 && (1...20).contains(levels), "exploration \(exploration) or levels \(levels) make no tree")
    self.exploration = exploration
    self.levels = levels
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      exploration: try options.number("exploration", default: 0.3, in: 0...100), levels: try options.int("levels", default: 5, in: 1...20))
  }

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    update(from: history)
    let judged = judged()
    if judged.ended >= Self.fewest, judged.isAlike {
      let spread = try design.next(after: history, using: &random)
      let reason = observations.all.contains { $0.value != nil } ? "all results are equal" : "nothing has a value yet"
      return Proposal(spread.configuration, note: spread.note ?? "\(reason); this one is spread over the space")
    }
    for attempt in 0..<Self.patience {
      // Where everything that is promising was tried, the way leads to the same leaf every time.
      var playout = Playout(judged.plays, exploration: exploration, isBlind: attempt > Self.patience / 10)
      let configuration = history.space.configuration { index in
        let bin = playout.decide(index, branchings[index], using: &random)
        return history.space.parameters[index].value(atUnit: branchings[index].coordinate(of: bin, using: &random))
      }
      if history.space.satisfiesConstraints(configuration), !tried.contains(configuration) { return Proposal(configuration) }
    }
    return try design.next(after: history, using: &random)
  }

  private mutating func update(from history: History) {
    let update = observations.update(from: history)
    if update.isRebuilt {
      branchings = history.space.parameters.map { Branching($0, levels: levels) }
      plays = []
      tried = []
    }
    for index in plays.count..<observations.all.count {
      let observation = observations.all[index]
      plays.append(
        Play(bins: branchings.indices.map { observation.isActive[$0] ? branchings[$0].bin(of: observation.point[$0]) : nil }, reward: nil))
      if index >= history.prior.count { tried.insert(history.trials[index - history.prior.count].configuration) }
    }
  }

  /// The trials that count, with their rewards: 1 for the best, 0 for the worst, equal ones alike.
  private func judged() -> (plays: [Play], ended: Int, isAlike: Bool) {
    let ended = observations.all.indices.filter { observations.all[$0].isEvidence }.map { (index: $0, rank: Rank(observations.all[$0])) }
      .sorted { $0.rank < $1.rank }
    var judged = observations.all.indices.filter { observations.all[$0].outcome == .pending && !observations.all[$0].isOutside }.map {
      plays[$0]
    }
    var start = 0
    while start < ended.count {
      var end = start
      while end < ended.count, !(ended[start].rank < ended[end].rank) { end += 1 }
      let place = Double(start + end - 1) / 2
      for entry in ended[start..<end] {
        judged.append(Play(bins: plays[entry.index].bins, reward: 1 - (place + 0.5) / Double(ended.count)))
      }
      start = end
    }
    let isAlike = ended.first.flatMap { first in ended.last.map { !(first.rank < $0.rank) } } ?? true
    return (judged, ended.count, isAlike)
  }
}
