import AttuneCore
import AttuneMath

/// Proposes nothing: every configuration comes from outside, from people and programs that add them.
///
/// An experiment with this proposer is never asked for more: it waits until somebody adds a configuration, and ends at its limits or when
/// it is told to stop (`ExperimentDefinition.isPassive`).
/// When not to use it: to try some points before a search, or to help one along; configurations can be added beside any proposer.
/// Source: the proposer `passive` of Auptimizer (Liu et al., 2019).
public struct PassiveProposer: Proposer {
  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// `nil`: there is nothing that it would try.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? { nil }
}
