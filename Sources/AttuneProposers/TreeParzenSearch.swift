import AttuneCore
import AttuneMath

/// Proposes where good trials are dense and others are not: the tree-structured Parzen estimator, all parameters together.
///
/// The best tenth of the trials and the newest of the others are each smoothed to a density; of some draws from the good one, the
/// one where their ratio is highest is proposed. A trial under way counts a little among the others, so that parallel ones keep apart.
/// Failed trials, and infeasible ones as long as there are feasible ones, are among the others. Trials touched by live changes, or outside
/// an edited space, are not looked at. Several objectives are ranked by domination.
/// A parameter that a trial lacks is one its kernel knows nothing of; nothing is drawn at random because a space is conditional.
/// When not to use it: below some hundred trials in few dimensions a Gaussian process finds better, at a hundred times the cost.
/// Sources: Bergstra, Bardenet, Bengio, Kégl, "Algorithms for hyper-parameter optimization" (NeurIPS 2011); Bergstra, Yamins, Cox, "Making a
/// science of model search" (ICML 2013); Falkner, Klein, Hutter, "BOHB" (ICML 2018); Watanabe, "Tree-structured Parzen estimator" (2023).
public struct TreeParzenSearch: Proposer {
  /// More trials than these are not good ones: the densities' cost is bounded, and only the best tell where to go on.
  private static let goodLimit = 25
  /// Older trials that are not good are forgotten, for the same reason; candidates are near good ones, and so are new trials.
  private static let othersLimit = 1000

  private let start: Int
  private let candidates: Int
  private let settings: ParzenModel.Settings
  private var ranking = TrialRanking()
  private var design = SobolDesign(of: "tpe")

  /// - Parameters:
  ///   - start: uniform draws before the first trial that is learned from others; at least 1.
  ///   - candidates: draws for every proposal, at least 1; more make it greedier.
  ///   - width: of the kernels, as a share of a parameter's range; above 0.
  public init(start: Int = 8, candidates: Int = 24, width: Double = 0.05) {
    precondition(start >= 1 && candidates >= 1 && width > 0, "tpe takes positive options; got \(start), \(candidates), \(width)")
    self.start = start
    self.candidates = candidates
    settings = ParzenModel.Settings(width: width)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      start: try options.int("start", default: 8, in: 1...1_000_000),
      candidates: try options.int("candidates", default: 24, in: 1...100_000),
      width: try options.number("width", default: 0.05, in: 1e-3...1))
  }

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    let space = history.space
    ranking.update(from: history, remembersPoints: space.configurationCount != nil)
    if ranking.total < start {
      return space.configurationCount == nil ? Proposal(try space.sample(using: &random)) : try design.next(after: history, using: &random)
    }
    guard ranking.isTelling else { return try fill(history, because: reasonNotToLearn, using: &random) }
    let (good, others) = ranking.split(good: min((ranking.count + 9) / 10, Self.goodLimit), others: Self.othersLimit)
    let model = ParzenModel(good: good, others: others, in: space, settings)
    if let configuration = model.propose(candidates: candidates, except: ranking.tried, using: &random) { return Proposal(configuration) }
    return try fill(history, because: "no candidate was new and kept the constraints", using: &random)
  }

  private var reasonNotToLearn: String {
    ranking.hasValues ? "all trials that ended are worth the same" : "no trial has a value yet"
  }

  private mutating func fill(_ history: History, because reason: String, using random: inout RandomStream) throws -> Proposal {
    let point = try design.next(after: history, using: &random)
    return Proposal(point.configuration, note: point.note ?? "\(reason): this one fills the space evenly")
  }
}
