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
  /// The newest values of those that live, the best first. Who has given up what it reported keeps its place until it reports again, so that not
  /// more than a part of the population takes over something at a time.
  private var ranking = Ranking<Standing>()
  /// Who waits for a slot, who has done the least first.
  private var queue = Ranking<Turn>()
  private var census = Census()

  /// - Parameter purpose: of the random numbers.
  init(_ options: PopulationOptions, purpose: String) {
    self.options = options
    self.purpose = purpose
  }

  /// The steps that a member has done.
  func step(of id: TrialID) -> Int { members[id].step }

  /// The random numbers for what a member decides next: the same for the same decision, whatever the others do.
  func stream(for id: TrialID, seed: UInt64) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, index: id.rawValue << 24 | members[id].decisions & 0xFF_FFFF)
  }

  /// A member has reported.
  /// - Returns: what is to be decided; `nil` before the interval is over, and while it is taking over something.
  mutating func reported(_ id: TrialID, _ situation: Situation) -> Due? {
    let objective = situation.history.objective
    guard let report = situation.newestReport(of: id), let value = report.metrics[objective.metric] else { return nil }
    leavesTheQueue(id)
    let (step, merit, before) = (report.step, objective.merit(value), members[id])
    members[id].step = step
    guard !before.isTakingOver else { return nil }
    members[id].hasGivenUp = false
    stands(id, at: merit)
    guard step - before.decidedAt >= options.interval else { return nil }
    members[id].decidedAt = step
    members[id].decisions += 1
    members[id].base = merit
    return Due(trial: id, merit: merit, gain: before.base.map { merit - $0 }, step: step, donor: donor(for: id, merit, situation))
  }

  /// It is to take over from that one: until the answer comes, nothing is decided about it.
  mutating func takesOver(_ id: TrialID, from donor: TrialID) {
    members[id].isTakingOver = true
    members[id].hasGivenUp = true
    members[id].donated = members[donor].standing
  }

  /// The answer has come.
  /// - Parameter step: where it goes on; `nil` when nothing has come of it.
  mutating func tookOver(_ id: TrialID, at step: Int?, _ situation: Situation) {
    members[id].isTakingOver = false
    leavesTheQueue(id)
    if let step {
      members[id].decidedAt = step
      members[id].step = step
      members[id].base = members[id].donated
    } else {
      members[id].hasGivenUp = false
    }
    if situation.held.contains(id) { waits(id) }
  }

  /// It waits for a slot.
  mutating func waits(_ id: TrialID) {
    leavesTheQueue(id)
    members[id].waitsAt = members[id].step
    queue.insert(Turn(step: members[id].step, trial: id))
  }

  mutating func ended(_ id: TrialID) {
    members[id].isTakingOver = false
    stands(id, at: nil)
    leavesTheQueue(id)
    census.ended(id)
  }

  /// A member that has done its interval makes room, when one waits that has done less.
  mutating func makesRoom(_ id: TrialID, _ situation: Situation) -> Bool {
    guard situation.canSuspend, !members[id].isTakingOver, !situation.held.contains(id) else { return false }
    return wantsMore(situation) || nextInTheQueue(situation).map { $0.step < members[id].step } ?? false
  }

  /// What a free slot is for: a new member as long as the population is not full, else who has done the least.
  mutating func next(in situation: Situation) -> Next {
    let wantsMore = wantsMore(situation)
    if let waiting = nextInTheQueue(situation), !situation.canSuspend || !wantsMore {
      leavesTheQueue(waiting.trial)
      return .resume(waiting.trial)
    }
    return wantsMore ? .fresh : .nothing
  }

  private mutating func wantsMore(_ situation: Situation) -> Bool {
    guard situation.canStartFresh else { return false }
    guard let size = options.size ?? (situation.canSuspend ? situation.limits.trials : situation.slots) else { return true }
    return census.size(situation) < size
  }

  /// Trials that cannot be resumed now, as one that somebody has suspended, keep their place.
  private func nextInTheQueue(_ situation: Situation) -> Turn? {
    guard !situation.held.isEmpty else { return nil }
    for place in 0..<queue.count {
      let turn = queue[place]
      if situation.held.contains(turn.trial), !members[turn.trial].isTakingOver { return turn }
    }
    return nil
  }

  private mutating func leavesTheQueue(_ id: TrialID) {
    guard let step = members[id].waitsAt else { return }
    queue.remove(Turn(step: step, trial: id))
    members[id].waitsAt = nil
  }

  private mutating func stands(_ id: TrialID, at merit: Double?) {
    if let old = members[id].standing { ranking.remove(Standing(merit: old, trial: id)) }
    members[id].standing = merit
    if let merit { ranking.insert(Standing(merit: merit, trial: id)) }
  }

  /// One of the best, for one of the worst, by what all have reported last, however far they are.
  private mutating func donor(for id: TrialID, _ merit: Double, _ situation: Situation) -> TrialID? {
    let count = min(Int((Double(ranking.count) * options.quantile).rounded(.up)), ranking.count / 2)
    // With fewer, the first two that report would be the best and the worst.
    let needed = min(Int((1 / options.quantile).rounded(.up)), census.size(situation))
    guard count > 0, ranking.count >= needed else { return nil }
    guard ranking.place(of: Standing(merit: merit, trial: id)) >= ranking.count - count else { return nil }
    let better = min(count, ranking.place(of: Standing(merit: merit, trial: TrialID(0))))
    guard better > 0 else { return nil }
    var random = stream(for: id, seed: situation.seed)
    let first = Int.random(in: 0..<better, using: &random)
    for place in 0..<better {
      let donor = ranking[(first + place) % better].trial
      if !members[donor].hasGivenUp { return donor }
    }
    return nil
  }
}

/// A place in the queue.
private struct Turn: Comparable, Sendable {
  let step: Int
  let trial: TrialID

  static func < (left: Turn, right: Turn) -> Bool { (left.step, left.trial) < (right.step, right.trial) }
}

private struct Member: Sendable {
  var isTakingOver = false
  /// Whether it takes over something, or has not reported since it did.
  var hasGivenUp = false
  var step = 0
  /// When something was decided about it last.
  var decidedAt = 0
  var decisions = 0
  /// Its newest value, larger is better; `nil` while it has none.
  var standing: Double?
  /// Its value when it was compared last, or that of whom it took over from; `nil` for none.
  var base: Double?
  /// The value of whom it is taking over from.
  var donated: Double?
  /// Its step in the queue; `nil` when it is not there.
  var waitsAt: Int?
}
