import AttuneCore

/// The trials that came to a step, and those among them that wait there to go on.
struct Rung: Sendable {
  /// Everybody who came here, best first.
  private(set) var reached = Ranking<Standing>()
  /// Those that are suspended here, best first.
  private(set) var waiting = Ranking<Standing>()
  /// Whether somebody has gone on from here.
  private(set) var isLeft = false

  mutating func reach(_ standing: Standing) { reached.insert(standing) }

  mutating func wait(_ standing: Standing) { waiting.insert(standing) }

  /// It goes on, and no longer waits if it did.
  mutating func leave(_ standing: Standing) {
    waiting.remove(standing)
    isLeft = true
  }

  /// It is over.
  mutating func give(up standing: Standing) { waiting.remove(standing) }

  /// Whether it is among so many best of those that came here.
  func isAmong(best count: Int, _ standing: Standing) -> Bool { reached.place(of: standing) < count }

  /// The best of those that wait and can be resumed, if it is among so many best of those that came here.
  func next(amongBest count: Int, held: Set<TrialID>) -> Standing? {
    for place in 0..<waiting.count {
      let standing = waiting[place]
      guard isAmong(best: count, standing) else { return nil }
      if held.contains(standing.trial) { return standing }
    }
    return nil
  }
}
