import AttuneCore
import AttuneMath

/// Fills the space evenly with a scrambled Sobol' sequence, one of its own for every experiment.
///
/// Any 2ᵏ first trials cover it better than random ones, whatever their number will be in the end. It learns nothing from results.
/// A trial gets the first point of the sequence that keeps the constraints and has not been tried, by anybody; when a finite space is used
/// up, it begins again and says so.
/// When not to use it: where a trial costs more than a second, a proposer that learns finds better in fewer trials.
/// Source: see `SobolSequence`.
public struct ScrambledSobol: Proposer {
  private var design = SobolDesign(of: "sobol")

  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    try design.next(after: history, using: &random)
  }
}
