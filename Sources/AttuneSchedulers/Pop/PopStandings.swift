import AttuneCore

/// What POP thinks of its trials, and which of them wait.
struct PopStandings: Sendable {
  /// What is known of a trial.
  struct Entry: Sendable {
    fileprivate(set) var remaining: RemainingTime?
    /// Seconds it may take, where the pace is known.
    fileprivate(set) var isTimed = false
    fileprivate(set) var isOver = false
    /// It has been given up.
    fileprivate(set) var isPoor = false
    fileprivate(set) var isKnown = false
    /// How many steps after the curve's end its last prediction was asked for.
    fileprivate(set) var asked: [Int] = []
    fileprivate var turn: Turn?
  }

  /// Whose turn it is among those that wait: fewest rounds first, then whoever waits longest.
  fileprivate struct Turn: Comparable, Sendable {
    let round: Int
    let number: Int
    let trial: TrialID

    static func < (left: Turn, right: Turn) -> Bool { (left.round, left.number) < (right.round, right.number) }
  }

  private var entries = TrialTable(blank: Entry())
  /// Of the trials that have a probability and are not over, best first.
  private var ranking = Ranking<Standing>()
  private var waiting = Ranking<Turn>()
  private var turns = 0
  /// From this probability on a trial is promising; `nil` while no trial has one.
  private(set) var threshold: Double?

  subscript(id: TrialID) -> Entry { entries[id] }

  /// The trials that have a probability and are not over, best first.
  var ranked: [TrialID] { (0..<ranking.count).map { ranking[$0].trial } }

  mutating func meet(_ id: TrialID) { entries[id].isKnown = true }

  mutating func ask(_ id: TrialID, _ steps: [Int]) { entries[id].asked = steps }

  mutating func set(_ id: TrialID, _ remaining: RemainingTime, isTimed: Bool) {
    forget(id)
    entries[id].remaining = remaining
    entries[id].isTimed = isTimed
    ranking.insert(Standing(merit: remaining.probability, trial: id))
  }

  mutating func divide(slots: Int, share: Double) { threshold = SlotDivision.threshold(ranking, slots: slots, share: share) }

  mutating func giveUp(_ id: TrialID) { entries[id].isPoor = true }

  mutating func wait(_ id: TrialID, round: Int) {
    turns += 1
    let turn = Turn(round: round, number: turns, trial: id)
    entries[id].turn = turn
    waiting.insert(turn)
  }

  mutating func goOn(_ id: TrialID) {
    if let turn = entries[id].turn { waiting.remove(turn) }
    entries[id].turn = nil
  }

  mutating func end(_ id: TrialID) {
    goOn(id)
    forget(id)
    entries[id].isOver = true
  }

  func isWaiting(_ id: TrialID) -> Bool { entries[id].turn != nil }

  func isPromising(_ id: TrialID) -> Bool {
    guard let threshold, let remaining = entries[id].remaining, !entries[id].isOver else { return false }
    return remaining.probability >= threshold
  }

  /// The promising trial with the highest probability among those that can be resumed.
  func nextPromising(_ held: Set<TrialID>) -> TrialID? {
    guard let threshold, !waiting.isEmpty else { return nil }
    for place in 0..<ranking.count where isWaiting(ranking[place].trial) || ranking[place].merit < threshold {
      let standing = ranking[place]
      guard standing.merit >= threshold else { return nil }
      if held.contains(standing.trial) { return standing.trial }
    }
    return nil
  }

  /// Whose turn it is among those that can be resumed.
  func nextInTurn(_ held: Set<TrialID>) -> TrialID? {
    for place in 0..<waiting.count where held.contains(waiting[place].trial) { return waiting[place].trial }
    return nil
  }

  private mutating func forget(_ id: TrialID) {
    if let remaining = entries[id].remaining { ranking.remove(Standing(merit: remaining.probability, trial: id)) }
  }
}
