import AttuneCore
import AttuneMath

/// Chooses the proposer that the search calls for, trial by trial, and says in the trial's note which one it was and why.
///
/// A Gaussian process finds most in few trials, of any space; when there are so many trials, parameters, or trials under way that it
/// would take longer than a second, densities go on with what was found.
/// When not to use it: where it matters that every trial comes from the same algorithm; name that one then.
/// Source: the measurements in `Docs/Proposers.md`.
public struct AutomaticSearch: Proposer {
  /// The process looks at all pairs of trials on every axis, and at every trial under way.
  private static let trialLimit = 300
  private static let parameterLimit = 60
  private static let pendingLimit = 40
  private var process = GaussianProcessSearch()
  private var densities = TreeParzenSearch()

  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    let trials = history.trials.count + history.prior.count
    let parameters = history.space.dimensions
    let pending = history.trials.count { !$0.state.isFinal }
    if let reason = Self.reasonForDensities(trials: trials, parameters: parameters, pending: pending) {
      return try densities.propose(trial, after: history, using: &random).map { Self.noted($0, "tpe, as \(reason)") }
    }
    let found = try process.propose(trial, after: history, using: &random)
    return found.map { Self.noted($0, "gp, as few trials have to tell much") }
  }

  /// Why a Gaussian process is not asked; `nil` when it is.
  static func reasonForDensities(trials: Int, parameters: Int, pending: Int) -> String? {
    if trials >= trialLimit { return "there are \(trialLimit) trials or more" }
    if parameters > parameterLimit { return "there are more than \(parameterLimit) parameters" }
    if pending >= pendingLimit { return "\(pendingLimit) trials or more are under way" }
    return nil
  }

  private static func noted(_ proposal: Proposal, _ choice: String) -> Proposal {
    Proposal(proposal.configuration, parent: proposal.parent, note: proposal.note.map { "\(choice); \($0)" } ?? choice)
  }
}
