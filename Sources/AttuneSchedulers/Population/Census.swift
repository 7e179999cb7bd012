import AttuneCore

/// How many trials live: those that are not over, with those that have not reported, without twins and tests.
struct Census: Sendable {
  private var living = 0
  /// Trials up to this number have been looked at.
  private var seen = 0
  private var isLiving = TrialTable(blank: false)

  /// Trials of different seeds are one.
  ///
  /// - Complexity: O(trials that are new); O(trials) where configurations run with several seeds, because the end of another seed's trial is told
  ///   to nobody here.
  mutating func size(_ situation: Situation) -> Int {
    let trials = situation.history.trials
    if let seeds = situation.history.seeds { return trials.count(where: Self.lives) / max(1, seeds.tune) }
    while seen < trials.count {
      if Self.lives(trials[seen]) {
        living += 1
        isLiving[trials[seen].id] = true
      }
      seen += 1
    }
    return living
  }

  mutating func ended(_ id: TrialID) {
    guard isLiving[id] else { return }
    isLiving[id] = false
    living -= 1
  }

  private static func lives(_ trial: Trial) -> Bool { !trial.state.isFinal && trial.origin == nil && trial.replica?.phase != .test }
}
