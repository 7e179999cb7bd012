import AttuneCore

/// Lets every trial run to its end, in the order of proposal: HyperDrive's Default policy.
///
/// When to use it: when early results say nothing about final ones, or as the baseline of a comparison.
public struct FirstInFirstOut: Scheduler {
  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// Never any.
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] { [] }
}
