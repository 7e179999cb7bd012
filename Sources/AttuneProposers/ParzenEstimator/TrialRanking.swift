import AttuneCore
import AttuneMath

/// The observations of a history, those that are evidence in the order of merit; kept up to date at the cost of what changed.
struct TrialRanking: Sendable {
  /// What an ended trial is worth.
  private struct Merit: Comparable, Sendable {
    enum Tier: Int, Comparable {
      case feasible, infeasible, failed

      static func < (left: Tier, right: Tier) -> Bool { left.rawValue < right.rawValue }
    }

    let tier: Tier
    /// Within the tier: the first objective's value, or how much is broken in all.
    let amount: Double
    /// Of the observation.
    let index: Int

    static func < (left: Merit, right: Merit) -> Bool { (left.tier, left.amount, left.index) < (right.tier, right.amount, right.index) }
  }

  private var observations = Observations()
  /// Best first.
  private var merits: [Merit] = []
  /// Points of all trials, whatever became of them; empty unless they are to be remembered.
  private(set) var tried: Set<[Double]> = []

  /// How many trials are evidence.
  var count: Int { merits.count }

  /// How many trials there are, with those under way and those that are no evidence.
  var total: Int { observations.all.count }

  /// Whether any trial has a value.
  var hasValues: Bool { merits.first.map { $0.tier != .failed } ?? false }

  /// Whether any trial with a value is worth more than another trial.
  var isTelling: Bool {
    guard hasValues, let first = merits.first, let last = merits.last else { return false }
    return first.tier < last.tier || first.amount < last.amount
      || merits.contains { observations.all[$0.index].outcome != observations.all[first.index].outcome }
  }

  /// Brings it to a history.
  /// - Parameter remembersPoints: whether `tried` is wanted.
  mutating func update(from history: History, remembersPoints: Bool) {
    let update = observations.update(from: history)
    if update.isRebuilt { (merits, tried) = ([], []) }
    var ended: [Merit] = []
    for index in update.changed {
      let observation = observations.all[index]
      if remembersPoints { tried.insert(observation.point) }
      if observation.isEvidence { ended.append(Self.merit(of: observation, index)) }
    }
    insert(ended)
  }

  private mutating func insert(_ ended: [Merit]) {
    guard ended.count < 8 else {
      merits = (merits + ended).sorted()
      return
    }
    for merit in ended {
      var (lower, upper) = (0, merits.count)
      while lower < upper {
        let middle = (lower + upper) / 2
        if merits[middle] < merit { lower = middle + 1 } else { upper = middle }
      }
      merits.insert(merit, at: lower)
    }
  }

  private static func merit(of observation: Observation, _ index: Int) -> Merit {
    guard let value = observation.value else { return Merit(tier: .failed, amount: 0, index: index) }
    guard !observation.isFeasible else { return Merit(tier: .feasible, amount: value, index: index) }
    return Merit(tier: .infeasible, amount: observation.violations.reduce(0, +), index: index)
  }

  /// Splits what is known into the best trials, best first, and the newest of all others, those under way among them.
  ///
  /// As long as there are feasible trials no infeasible one is good; a failed one never is.
  /// - Parameters:
  ///   - count: how many good ones at most.
  ///   - limit: how many others at most.
  func split(good count: Int, others limit: Int) -> (good: [Observation], others: [Observation]) {
    let good = best(count)
    let isGood = Set(good)
    var others: [Observation] = []
    for index in observations.all.indices.reversed() where others.count < limit && !isGood.contains(index) {
      let observation = observations.all[index]
      let isPending = observation.outcome == .pending && observation.trial != nil
      if observation.isEvidence || isPending { others.append(observation) }
    }
    return (good.map { observations.all[$0] }, others)
  }

  private func best(_ count: Int) -> [Int] {
    guard hasValues, let tier = merits.first?.tier else { return [] }
    let first = merits.prefix(count).prefix { $0.tier == tier }.map(\.index)
    guard tier == .feasible, let index = first.first, case .values(let values) = observations.all[index].outcome, values.count > 1 else {
      return first
    }
    let candidates = merits.prefix { $0.tier == tier }.map(\.index)
    let objectives = candidates.map { index in
      guard case .values(let values) = observations.all[index].outcome else { return [Double]() }
      return values
    }
    return ParetoOrder.best(count, of: objectives).map { candidates[$0] }
  }
}
