import AttuneCore
import AttuneMath

/// Draws every configuration independently and uniformly in the unit cube.
///
/// The baseline that any other proposer has to beat; good where few parameters matter and nobody knows which.
/// When not to use it: as soon as a trial costs more than a second, a model-based proposer finds better in fewer trials.
/// Source: Bergstra and Bengio, "Random search for hyper-parameter optimization" (JMLR 2012).
public struct RandomSearch: Proposer {
  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    Proposal(try history.space.sample(using: &random))
  }
}
