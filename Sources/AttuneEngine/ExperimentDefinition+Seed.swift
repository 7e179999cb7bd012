import AttuneCore
import AttuneMath

extension ExperimentDefinition {
  /// `ATTUNE_SEED` of a trial's script: the same for every attempt, and for a twin the same as for the trial it was forked from.
  /// - Parameter trial: the trial, of a twin the one at the beginning of its line.
  public func scriptSeed(of trial: Trial) -> UInt32 { scriptSeed(of: trial.id, trial.replica) }

  /// `ATTUNE_SEED` of a trial's script, see `scriptSeed(of:)`.
  ///
  /// Where configurations run with several seeds, they are the same for all configurations, so that differences are the configurations'
  /// own, and those of the test are none of tuning.
  public func scriptSeed(of trial: TrialID, _ replica: Trial.Replica?) -> UInt32 {
    guard let seeds else {
      var random = RandomStream(seed: seed, purpose: "trial", index: trial.rawValue)
      return UInt32(truncatingIfNeeded: random.next() >> 33)
    }
    let place = replica?.phase == .test ? seeds.tune + (replica?.seed ?? 1) : replica?.seed ?? 1
    var random = RandomStream(seed: seed, purpose: "script seeds", index: 0)
    var drawn: Set<UInt32> = []
    while true {
      let number = UInt32(truncatingIfNeeded: random.next() >> 33)
      if drawn.insert(number).inserted, drawn.count == place { return number }
    }
  }
}
