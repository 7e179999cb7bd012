import AttuneCore
import AttuneMath

/// A population of trials: who is due, who takes over from whom, and, where there are fewer slots than members, whose turn it is.
struct Population: Sendable {
  /// A member whose turn has come to be compared.
  struct Due: Sendable {
    let trial: TrialID
    /// Its newest value; larger is better, never nan.
    let merit: Double
    /// What it has gained since it was compared last, or began with what it took over; `nil` where there is nothing to compare with.
    let gain: Double?
    let step: Int
    /// Whom it is to take over from; `nil` when it is not among the worst.
    let donor: TrialID?
  }

  let options: PopulationOptions
  private let purpose: String
  private var members = TrialTable(blank: Member())
  private var known: [TrialID] = []

  /// - Parameter purpose: of the random numbers.
  init(_ options: PopulationOptions, purpose: String) {
    self.options = options
    self.purpose = purpose
  }

  /// The members that are not over.
  var living: [TrialID] { known.filter { !members[$0].isOver } }

  /// The random numbers for what a member decides next: the same for the same decision, whatever the others do.
  func stream(for id: TrialID, seed: UInt64) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, index: id.rawValue << 24 | members[id].decisions & 0xFF_FFFF)
  }

  /// A member has reported.
  /// - Returns: what is to be decided; `nil` before the interval is over, and while it is taking over something.
  mutating func reported(_ id: TrialID, _ situation: Situation) -> Due? {
    if !members[id].isKnown {
      members[id].isKnown = true
      known.append(id)
    }
    let objective = situation.history.objective
    guard let report = situation.newestReport(of: id), let value = report.metrics[objective.metric] else { return nil }
    members[id].step = report.step
    members[id].merit = objective.merit(value)
    members[id].isNew = false
    let member = members[id]
    guard !member.isTakingOver, report.step - member.decidedAt >= options.interval else { return nil }
    members[id].decidedAt = report.step
    members[id].decisions += 1
    members[id].base = member.merit
    let gain = member.base.map { member.merit - $0 }
    return Due(trial: id, merit: member.merit, gain: gain, step: report.step, donor: donor(for: id, situation))
  }

  /// It is to take over from that one: until the answer comes, nothing is decided about it.
  mutating func takesOver(_ id: TrialID, from donor: TrialID) {
    members[id].isTakingOver = true
    members[id].donated = members[donor].merit
  }

  /// The answer has come.
  mutating func tookOver(_ id: TrialID, at step: Int?) {
    members[id].isTakingOver = false
    guard let step else { return }
    members[id].decidedAt = step
    members[id].step = step
    members[id].isNew = true
    members[id].base = members[id].donated
  }

  mutating func ended(_ id: TrialID) {
    members[id].isOver = true
    members[id].isTakingOver = false
  }

  /// The steps that a member has done.
  func step(of id: TrialID) -> Int { members[id].step }

  /// A member that has done its interval makes room, when one waits that has done less.
  func makesRoom(_ id: TrialID, _ situation: Situation) -> Bool {
    guard situation.canSuspend, !members[id].isTakingOver, !situation.held.contains(id) else { return false }
    return wantsMore(situation) || situation.held.contains { $0 != id && members[$0].step < members[id].step }
  }

  /// What a free slot is for: a new member as long as the population is not full, else who has done the least.
  func next(in situation: Situation) -> Next {
    let waiting = situation.held.filter { !members[$0].isTakingOver }.min { (members[$0].step, $0) < (members[$1].step, $1) }
    if let waiting, !situation.canSuspend || !wantsMore(situation) { return .resume(waiting) }
    if wantsMore(situation) { return .fresh }
    return .nothing
  }

  private func wantsMore(_ situation: Situation) -> Bool {
    guard situation.canStartFresh else { return false }
    guard let size = options.size ?? (situation.canSuspend ? situation.limits.trials : situation.slots) else { return true }
    return Self.size(now: situation) < size
  }

  /// Trials that are not over, those included that have not reported.
  private static func size(now situation: Situation) -> Int {
    let living = situation.history.trials.count { !$0.state.isFinal && $0.origin == nil && $0.replica?.phase != .test }
    return living / max(1, situation.history.seeds?.tune ?? 1)
  }

  /// One of the best, for one of the worst. Compared are members that are within an interval of each other, by what they reported last.
  private func donor(for id: TrialID, _ situation: Situation) -> TrialID? {
    let own = members[id]
    let peers = known.filter { other in
      let member = members[other]
      return other == id || (!member.isOver && member.step > 0 && abs(member.step - own.step) <= options.interval)
    }
    let ranking = peers.map { Standing(merit: members[$0].merit, trial: $0) }.sorted()
    let count = min(Int((Double(ranking.count) * options.quantile).rounded(.up)), ranking.count / 2)
    // With fewer, the first two that report would be the best and the worst.
    let needed = min(Int((1 / options.quantile).rounded(.up)), Self.size(now: situation))
    guard count > 0, ranking.count >= needed, ranking.suffix(count).contains(where: { $0.trial == id }) else { return nil }
    // Who is taking over something itself has given up what it reported.
    let donors = ranking.prefix(count).filter { $0.merit > own.merit && !members[$0.trial].isTakingOver && !members[$0.trial].isNew }
    guard !donors.isEmpty else { return nil }
    var random = stream(for: id, seed: situation.seed)
    return donors[Int.random(in: 0..<donors.count, using: &random)].trial
  }
}

private struct Member: Sendable {
  var isKnown = false
  var isOver = false
  var isTakingOver = false
  /// Whether it has not reported since it took over something.
  var isNew = false
  var step = 0
  /// When something was decided about it last.
  var decidedAt = 0
  var decisions = 0
  var merit = -Double.infinity
  /// Its merit then, or that of whom it took over from; `nil` for none.
  var base: Double?
  /// The merit of whom it is taking over from.
  var donated = -Double.infinity
}
