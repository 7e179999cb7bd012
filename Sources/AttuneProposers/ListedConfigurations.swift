import AttuneCore
import AttuneMath

/// Goes through a list of configurations, in its order, and ends after the last.
///
/// The n-th trial of its own is the n-th of the list, also where somebody tried the same before: whoever lists a configuration twice wants
/// it twice. The whole list is checked before the first trial.
/// When not to use it: to try some points first and then search; `start_with` does that beside any proposer.
/// Source: the proposer `sequence` of Auptimizer (Liu et al., 2019) takes configurations that are given.
public struct ListedConfigurations: Proposer {
  private let list: ConfigurationList
  /// The list as configurations of a space: kept so that it is read once.
  private var known: (space: SearchSpace, configurations: [Configuration])?

  /// That list.
  public init(_ list: ConfigurationList) { self.list = list }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(try ConfigurationList(options.path("file")))
  }

  /// What somebody listed twice is wanted twice.
  public var repeatsOnPurpose: Bool { true }

  /// `nil` after the last of the list.
  /// - Throws: `ConfigurationListError`, the first line that is no configuration of the space.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    let served = history.trials.count { $0.proposer == "sequence" }
    let configurations: [Configuration]
    if let known, known.space == history.space {
      configurations = known.configurations
    } else {
      // What was tried already may lie outside of a space that has been narrowed since.
      configurations = try list.configurations(in: history.space, from: served)
      known = (history.space, configurations)
    }
    return configurations.indices.contains(served) ? Proposal(configurations[served]) : nil
  }
}
