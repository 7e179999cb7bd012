import AttuneCore
import AttuneMath

extension ExperimentDefinition {
  /// `ATTUNE_SEED` of a trial's script: the same for every attempt, and for a twin the same as for the trial it was forked from.
  /// - Parameter trial: the trial, of a twin the one at the beginning of its line.
  public func scriptSeed(of trial: TrialID) -> UInt32 {
    var random = RandomStream(seed: seed, purpose: "trial", index: trial.rawValue)
    return UInt32(truncatingIfNeeded: random.next() >> 33)
  }
}
