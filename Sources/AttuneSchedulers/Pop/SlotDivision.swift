/// How many slots promising trials deserve, and who they are.
enum SlotDivision {
  /// The probability from which on a trial is promising: the one that maximises min(desired, deserved), where `share` slots are desired for
  /// each trial with at least that probability, and that part of all slots is deserved.
  ///
  /// Desired slots fall and deserved ones rise with the probability, so beyond the first place where more are desired than deserved nothing
  /// better comes; of equal maxima the higher probability is taken.
  /// - Parameter ranking: of all trials with a probability, best first.
  /// - Returns: `nil` when there is no trial.
  /// - Complexity: O(slots).
  /// Source: Rasley et al. (2017), §3.2.
  static func threshold(_ ranking: Ranking<Standing>, slots: Int, share: Double = 1) -> Double? {
    var best: (probability: Double, slots: Double)?
    for place in 0..<ranking.count {
      let probability = ranking[place].merit
      if place + 1 < ranking.count, ranking[place + 1].merit == probability { continue }
      let desired = share * Double(place + 1)
      let deserved = Double(slots) * probability
      if best.map({ min(desired, deserved) > $0.slots }) ?? true { best = (probability, min(desired, deserved)) }
      if desired >= deserved { break }
    }
    return best?.probability
  }
}
