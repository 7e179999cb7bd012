import AttuneCore
import AttuneMath

/// Learns a policy that makes the decisions of a configuration one after another, each knowing those before it.
///
/// A recurrent controller draws the value of each parameter in turn, ranges being cut into levels. After every batch of trials it is
/// trained by REINFORCE on how they did among the last ones, with a moving baseline and a bonus for undecidedness; the best of the trials
/// before are gone through again. What it learnt is a
/// function of the ended trials, so it survives any death.
/// Source: Zoph and Le, "Neural architecture search with reinforcement learning" (ICLR 2017).
///
/// With `grow`, the controller also decides whether to start anew or from one of the best trained trials: then sizes (parameters of type int
/// and ordinal) only go up, choices stay, and the trial begins with its parent's checkpoint, from which a larger network that computes the
/// same can be made. Source: Cai, Chen, Zhang, Yu and Wang, "Efficient architecture search by network transformation" (AAAI 2018).
///
/// When not to use it: fewer than about two hundred trials, and spaces without structure, where `tpe` and `gp` learn more from each.
public struct Reinforce: Proposer {
  /// Beyond it, decisions are made independently of one another: a recurrent network would learn nothing from hundreds of trials.
  private static let longestString = 64
  /// How many of the best trials may be grown.
  private static let parents = 5
  private static let tries = 40

  private let hidden: Int
  private let levels: Int
  private let grows: Bool
  private let manner: Schooling.Manner
  private var observations = Observations()
  private var tried = TriedPoints()
  private var schooling: Schooling
  private var decisions: (space: SearchSpace, list: DecisionList)?

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    manner = Schooling.Manner(
      batch: try options.int("batch", default: 8, in: 1...10_000), passes: try options.int("passes", default: 2, in: 1...100),
      rate: Float(try options.number("rate", default: 0.025, in: 1e-6...1)),
      entropy: Float(try options.number("entropy", default: 0.2, in: 0...10)), memory: 0.7)
    hidden = try options.int("hidden", default: 12, in: 0...256)
    levels = try options.int("levels", default: 8, in: 2...Decision.mostOptions)
    grows = try options.flag("grow", default: false)
    schooling = Schooling(manner)
  }

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    let update = observations.update(from: history)
    tried.update(update, observations.all)
    let list = list(of: history.space)
    guard list.canVary else {
      return Proposal(try history.space.sample(using: &random), note: "the space has one point, and it is proposed again")
    }
    let controller = trained(list, update, history)
    let parent = grows ? observations.all.best(Self.parents).filter { $0.trial != nil }.randomElement(using: &random) : nil
    for attempt in 0..<Self.tries {
      // What it likes best may all have been tried: then what is near that.
      var walk = Controller.Walk(controller, heat: 1 + Float(attempt) / 10)
      let (configuration, isGrown) = list.decide(from: parent, using: &random) { walk.choose($0, $1, &$2) }
      guard history.space.satisfiesConstraints(configuration), !tried.contains(configuration, of: history.space) else { continue }
      return Proposal(configuration, parent: isGrown ? parent?.trial : nil, note: note(list, history))
    }
    let breeder = Breeder(space: history.space, tried: tried)
    return Proposal(
      try breeder.newcomer(using: &random), note: "the policy proposes only what was tried, or breaks a constraint: drawn at random")
  }

  private mutating func list(of space: SearchSpace) -> DecisionList {
    if let decisions, decisions.space == space { return decisions.list }
    let list = DecisionList(space, levels: levels, grows: grows)
    decisions = (space, list)
    return list
  }

  private func note(_ list: DecisionList, _ history: History) -> String? {
    if list.counts.count > Self.longestString, hidden > 0 { return "more than \(Self.longestString) decisions: made independently" }
    return history.trials.count >= manner.batch && !observations.all.contains { $0.value != nil } ? "no trial has a value yet" : nil
  }

  private mutating func trained(_ list: DecisionList, _ update: Observations.Update, _ history: History) -> Controller {
    let units = list.counts.count > Self.longestString ? 0 : hidden
    let all = observations.all
    let offset = history.prior.count
    return schooling.controller(after: all, update, from: { Self.untrained(list, units, all) }) { index in
      let parent = all[index].trial.flatMap { history[$0].parent }.flatMap {
        history.trial($0) == nil ? nil : all[offset + $0.rawValue - 1]
      }
      return list.episode(of: all[index], from: parent, canGrow: index >= manner.batch)
    }
  }

  /// Experiments of different seeds get different networks by their first trial, as nothing else of the seed is known here.
  private static func untrained(_ list: DecisionList, _ units: Int, _ observations: [Observation]) -> Controller {
    let mark = observations.first?.point.reduce(into: UInt64(0x5EED)) { $0 = ($0 &* 0x100_0000_01B3) ^ $1.bitPattern } ?? 0
    var random = RandomStream(seed: mark, purpose: "reinforce weights", index: 0)
    return Controller(ControllerShape(counts: list.counts, hidden: units), random: &random)
  }
}

extension [Observation] {
  /// The best that ended with a value, the best first.
  fileprivate func best(_ count: Int) -> [Observation] {
    var found: [Observation] = []
    for observation in self where observation.isEvidence && observation.value != nil {
      let place = found.firstIndex { observation.isFitter(than: $0) } ?? found.endIndex
      if place < count { found.insert(observation, at: place) }
      if found.count > count { found.removeLast() }
    }
    return found
  }
}
