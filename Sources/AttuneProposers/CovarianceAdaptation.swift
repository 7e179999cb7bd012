import AttuneCore
import AttuneMath

/// Draws from a normal distribution that follows the better trials in position, size and shape: CMA-ES.
///
/// It begins in the middle of the space, or at the best trial of other experiments, and begins anew elsewhere when a run can find nothing
/// better. Draws come in pairs, the second opposite to the first (Brockhoff et al., "Mirrored sampling and sequential selection for evolution
/// strategies", 2010): at a hundred trials that wins clearly. Discrete parameters with an order are cells of a continuous one, with a margin;
/// those without have chances of their own. It judges by the first objective; what broke an outcome constraint counts as worse than anything
/// that kept them, and what failed as worse still. Trials that people changed live teach it nothing.
/// When not to use it: for less than about twenty trials a parameter, where a model of the objective (`gp`, `tpe`) finds better.
/// Sources: at `CovarianceStrategy`, `Restarts` and `CategoryDistribution`.
public struct CovarianceAdaptation: Proposer {
  private static let word = "cmaes"
  /// Draws that are looked at for one that keeps the constraints and is new.
  private static let patience = 100
  private let start: CovarianceSearch.Start
  private var observations = Observations()
  private var search: CovarianceSearch?
  private var design = SobolDesign(of: word)
  /// Indices into `observations.all` of own trials, and how many observations they were found among.
  private var own: [Int] = []
  private var seen = 0
  /// Configurations of all trials, where there is no continuous parameter to tell them apart.
  private var tried: Set<Configuration> = []

  /// - Parameters:
  ///   - population: members of a generation of the first run, at least 4; `nil` to choose by the number of parameters.
  ///   - sigma: standard deviation at the start, as a part of each parameter's range, above 0.
  public init(population: Int? = nil, sigma: Double = 0.12) {
    precondition(population.map { $0 >= 4 } ?? true && sigma > 0, "population \(population ?? 0) or sigma \(sigma) is too small")
    start = CovarianceSearch.Start(population: population.map { ($0 + 1) / 2 * 2 }, sigma: sigma)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    let population = try options.int("population", default: 0, in: 0...10_000)
    self.init(
      population: population == 0 ? nil : max(4, population), sigma: try options.number("sigma", default: 0.12, in: 0.001...1))
  }

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    var search = take(history)
    defer { self.search = search }
    while own.count - search.learned >= search.memberCount {
      let members = own[search.learned..<(search.learned + search.memberCount)].map { observations.all[$0] }
      guard members.allSatisfy({ $0.outcome != .pending }) else { break }
      if search.learned == 0, !isStartSettled { break }
      search.learn(members)
    }
    if let blank = search.blank {
      let reason = blank == .failed ? "every trial of the last generation failed" : "all results of the last generation are equal"
      let spread = try design.next(after: history, using: &random)
      return Proposal(spread.configuration, note: spread.note ?? "\(reason); this one is spread over the space")
    }
    return try draw(from: search, history, using: &random)
  }

  /// The search as far as it was, or from the beginning.
  private mutating func take(_ history: History) -> CovarianceSearch {
    let isRebuilt = observations.update(from: history).isRebuilt
    if isRebuilt { (own, seen, tried) = ([], history.prior.count, []) }
    let coordinates = isRebuilt ? SearchCoordinates(history.space) : search?.coordinates ?? SearchCoordinates(history.space)
    for index in seen..<observations.all.count {
      let trial = history.trials[index - history.prior.count]
      if trial.proposer == Self.word { own.append(index) }
      if !coordinates.isContinuous { tried.insert(trial.configuration) }
    }
    seen = observations.all.count
    // Until the first generation is learnt from, where to begin may still become known.
    if !isRebuilt, let search, search.learned > 0 { return search }
    let known = observations.all[..<(own.first ?? observations.all.count)].filter { $0.isEvidence && $0.value != nil }
    let best = known.min { Rank($0) < Rank($1) }.map(coordinates.place)
    let point = own.first.map { observations.all[$0].point } ?? []
    let seed = point.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ $1.bitPattern) &* 0x100_0000_01B3 }
    return CovarianceSearch(coordinates, start: start, best: best, seed: seed)
  }

  /// Whether all trials before the first own one have ended, for the search begins at the best of them. What other experiments still do
  /// is not waited for.
  private var isStartSettled: Bool {
    observations.all[..<(own.first ?? 0)].allSatisfy { $0.outcome != .pending || $0.trial == nil }
  }

  private mutating func draw(
    from search: CovarianceSearch, _ history: History, using random: inout RandomStream
  ) throws -> Proposal {
    var numbers = mirrored(search)
    for _ in 0..<Self.patience {
      let values = numbers ?? search.strategy?.draw(using: &random) ?? []
      numbers = nil
      let categories = search.categories.map { $0.draw(using: &random) }
      let point = search.coordinates.point(inside(values, search.strategy, using: &random), categories)
      let configuration = history.space.configuration(at: point)
      if history.space.satisfiesConstraints(configuration), !tried.contains(configuration) { return Proposal(configuration) }
    }
    // The distribution has shrunk to what was tried, or lies where constraints forbid everything.
    return try design.next(after: history, using: &random)
  }

  /// Opposite to the draw before, for every second one.
  private func mirrored(_ search: CovarianceSearch) -> [Double]? {
    guard own.count % 2 == 1, let last = own.last, let strategy = search.strategy else { return nil }
    let trial = observations.all[last]
    let place = search.full(search.coordinates.place(of: trial), of: trial, in: strategy)
    return zip(strategy.mean, place).map { 2 * $0 - $1 }
  }

  /// Coordinates beyond the space are drawn again, each by itself.
  private func inside(_ values: [Double], _ strategy: CovarianceStrategy?, using random: inout RandomStream) -> [Double] {
    guard let strategy else { return values }
    return values.indices.map { index in
      var value = values[index]
      for _ in 0..<50 where value < 0 || value > 1 { value = strategy.mean[index] + strategy.deviation(index) * random.nextNormal() }
      return min(max(value, 0), 1)
    }
  }
}
