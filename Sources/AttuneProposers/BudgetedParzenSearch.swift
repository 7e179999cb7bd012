import AttuneCore
import AttuneMath

/// Learns from values at a budget: the highest step that enough trials have reached, running ones among them.
///
/// Made for schedulers that stop trials early: it compares like with like, and begins to learn long before the first trial ends. What
/// trials reported at that step is split into a good share and the rest, and from there on it proposes as `tpe` does, with a share of
/// uniform draws, so that a low budget that misleads cannot mislead for good. Trials that were stopped below the step say nothing; failed ones
/// are among the rest, and those under way that have not reached it count there a little.
/// When not to use it: when every trial runs to its end and reports once, `tpe` learns from the same values without the uniform draws.
/// Source: Falkner, Klein, Hutter, "BOHB: robust and efficient hyperparameter optimization at scale" (ICML 2018). The densities are those of
/// `tpe` instead of theirs, and the widening of the draws has to be less, for `tpe`'s kernels are not narrower where values lie together.
public struct BudgetedParzenSearch: Proposer {
  private let share: Double
  private let randomShare: Double
  private let candidates: Int
  private let settings: ParzenModel.Settings
  private var observations = Observations()
  private var design = SobolDesign(of: "bohb")

  /// - Parameters:
  ///   - share: of the trials at a budget that are good ones, in 0...1.
  ///   - randomShare: of the proposals that are uniform draws, in 0...1.
  ///   - candidates: draws for every other proposal, at least 1.
  ///   - widening: of the kernels where candidates are drawn, above 0.
  public init(share: Double = 0.15, randomShare: Double = 1.0 / 3, candidates: Int = 64, widening: Double = 1) {
    precondition(
      (0...1).contains(share) && (0...1).contains(randomShare) && candidates >= 1 && widening > 0,
      "bohb takes shares, and positive numbers; got \(share), \(randomShare), \(candidates), \(widening)")
    self.share = share
    self.randomShare = randomShare
    self.candidates = candidates
    settings = ParzenModel.Settings(widening: widening)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      share: try options.number("share", default: 0.15, in: 0.01...0.9),
      randomShare: try options.number("random", default: 1.0 / 3, in: 0...1),
      candidates: try options.int("candidates", default: 64, in: 1...100_000),
      widening: try options.number("widening", default: 1, in: 0.1...10))
  }

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    observations.update(from: history)
    let space = history.space
    // As many as the paper wants: one more than parameters on the good side, and two on the other.
    let needed = space.dimensions + 3
    guard let rung = BudgetRung(observations.all, in: history, needed: needed) else {
      return try fill(history, because: nil, using: &random)
    }
    guard rung.isTelling else { return try fill(history, because: "all values at step \(rung.step) are the same", using: &random) }
    if random.nextUnit() < randomShare {
      return Proposal(try space.sample(using: &random), note: "one of the uniform draws among the proposals of bohb")
    }
    let (good, others) = rung.split(share: share, atLeast: min(space.dimensions + 1, rung.count / 3))
    let tried = space.configurationCount == nil ? [] : Set(observations.all.map(\.point))
    let model = ParzenModel(good: good, others: others, in: space, settings)
    if let configuration = model.propose(candidates: candidates, except: tried, using: &random) { return Proposal(configuration) }
    return try fill(history, because: "no candidate was new and kept the constraints", using: &random)
  }

  private mutating func fill(_ history: History, because reason: String?, using random: inout RandomStream) throws -> Proposal {
    let point = try design.next(after: history, using: &random)
    return Proposal(point.configuration, note: point.note ?? reason.map { "\($0): this one fills the space evenly" })
  }
}
