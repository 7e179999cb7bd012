import AttuneCore

/// A trial and how good it is, in an order that begins with the best; of equal ones the earlier trial comes first.
struct Standing: Comparable, Sendable {
  /// Larger is better; never nan.
  let merit: Double
  let trial: TrialID

  static func < (left: Standing, right: Standing) -> Bool {
    left.merit == right.merit ? left.trial < right.trial : left.merit > right.merit
  }
}

extension Objective {
  /// A value such that larger is better; one that is not finite is worse than any that is.
  func merit(_ value: Double) -> Double {
    guard value.isFinite else { return -.infinity }
    return goal == .maximize ? value : -value
  }

  /// The merit that a report gives a trial whose merit was `best` before: as the objective's summary has it.
  func merit(_ value: Double, after best: Double) -> Double {
    summary == .best ? max(best, merit(value)) : merit(value)
  }
}

extension Situation {
  /// A trial's last report, without a copy of the trial.
  func newestReport(of id: TrialID) -> Report? { history.trials[id.rawValue - 1].reports.last }

  /// Whether a slot that is given up would be used by another trial.
  var someoneWaits: Bool { canStartFresh || !held.isEmpty }
}
