import AttuneCore
import AttuneMath

/// What the covariance search makes of a history: generations, restarts, and the distribution that the next trial is drawn from.
///
/// A generation is as many of the proposer's own trials, in their order, as the population has members; it is learnt from when all have
/// ended. Trials that are asked for meanwhile are drawn from the same distribution and belong to the next generation, in which they count
/// like any other. So a generation depends on the trials alone, and not on the order in which they ended.
struct CovarianceSearch: Sendable {
  /// What a generation looked like that taught nothing.
  enum Blank: Sendable { case equal, failed }

  /// Numbers that people may choose.
  struct Start: Sendable {
    /// Members of a generation of the first run; `nil` to choose by the number of coordinates.
    var population: Int?
    /// Standard deviation, as a part of each range.
    var sigma: Double
  }

  /// How far the chances of categories move in a generation.
  private static let categoryRate = 0.4
  let coordinates: SearchCoordinates
  private(set) var strategy: CovarianceStrategy?
  private(set) var categories: [CategoryDistribution]
  private(set) var restarts: Restarts
  /// Not `nil` while the last generation taught nothing.
  private(set) var blank: Blank?
  /// Own trials that are learnt from.
  private(set) var learned = 0
  private let population: Int
  private let seed: UInt64

  /// - Parameters:
  ///   - best: where to begin; `nil` for the middle.
  ///   - seed: of the runs after the first.
  init(_ coordinates: SearchCoordinates, start: Start, best: SearchCoordinates.Place?, seed: UInt64) {
    self.coordinates = coordinates
    self.seed = seed
    let count = coordinates.numbers.count
    // Fewer than published: a search of a hundred trials needs generations more than it needs large ones.
    let population = start.population ?? max(6, Restarts.standardPopulation(count) / 4 * 2)
    self.population = population
    restarts = Restarts(coordinates: count, first: Restarts.Run(population: population, sigma: start.sigma, limit: nil))
    categories = Self.equalChances(coordinates)
    if count > 0 {
      let mean = best?.numbers.map { min(max($0 ?? 0.5, 0), 1) } ?? [Double](repeating: 0.5, count: count)
      strategy = CovarianceStrategy(mean: mean, sigma: start.sigma, population: population)
    }
    for (index, value) in (best?.categories ?? []).enumerated() {
      if let value { categories[index].learn([(value, 1)], rate: 0.5) }
    }
  }

  private static func equalChances(_ coordinates: SearchCoordinates) -> [CategoryDistribution] {
    coordinates.categories.map { CategoryDistribution(count: $0.count, allowed: $0.allowed, categories: coordinates.categories.count) }
  }

  /// Members of the generation that is open.
  var memberCount: Int { strategy?.population ?? population }

  /// Learns from a generation.
  /// - Parameter members: own trials that have ended, `memberCount` of them.
  mutating func learn(_ members: [Observation]) {
    learned += members.count
    let usable = members.filter(\.isEvidence).sorted { Rank($0) < Rank($1) }
    guard let first = usable.first, let last = usable.last else { return }
    restarts.note(usable.map { $0.isFeasible ? $0.value ?? .infinity : .infinity })
    let places = usable.map(coordinates.place)
    guard Rank(first) < Rank(last) else {
      blank = first.outcome == .failed ? .failed : .equal
      return
    }
    if blank != nil { restartAt(places[0]) }
    blank = nil
    learnCategories(places)
    learnNumbers(places, usable)
    restartIfOver()
  }

  private mutating func learnCategories(_ places: [SearchCoordinates.Place]) {
    let weights = LearningRates(coordinates: 1, members: max(2, places.count), isDiagonal: true).weights
    for index in categories.indices {
      let chosen = zip(places, weights).compactMap { place, weight in weight > 0 ? place.categories[index].map { ($0, weight) } : nil }
      categories[index].learn(chosen, rate: Self.categoryRate)
    }
  }

  private mutating func learnNumbers(_ places: [SearchCoordinates.Place], _ trials: [Observation]) {
    guard var next = strategy else { return }
    next.learn(ranked: zip(places, trials).map { full($0, of: $1, in: next) })
    next.settle(largest: 0.5) { index, value in coordinates.numbers[index].cell(at: value) }
    strategy = next
  }

  /// A place as numbers of the distribution: where a parameter is absent, or a whole interval is one value, a draw from what the
  /// distribution has there, so that what was not tried does not narrow it.
  func full(_ place: SearchCoordinates.Place, of trial: Observation, in strategy: CovarianceStrategy) -> [Double] {
    var random = RandomStream(seed: seed, purpose: "cmaes unseen", index: trial.trial?.rawValue ?? 0)
    return place.numbers.indices.map { index in
      let cell = place.numbers[index].map { coordinates.numbers[index].cell(at: $0) ?? ($0, $0) } ?? (-.infinity, .infinity)
      let (lower, upper) = (max(cell.0, min(0, place.numbers[index] ?? 0)), min(cell.1, max(1, place.numbers[index] ?? 1)))
      guard lower < upper else { return lower }
      for _ in 0..<20 {
        let drawn = strategy.mean[index] + strategy.deviation(index) * random.nextNormal()
        if drawn > lower, drawn < upper { return drawn }
      }
      return min(max(strategy.mean[index], lower), upper)
    }
  }

  private mutating func restartIfOver() {
    guard let strategy, restarts.isOver(strategy) else { return }
    var random = RandomStream(seed: seed, purpose: "cmaes restart", index: restarts.count)
    let run = restarts.next(using: &random)
    self.strategy = CovarianceStrategy(mean: strategy.mean.map { _ in random.nextUnit() }, sigma: run.sigma, population: run.population)
    categories = Self.equalChances(coordinates)
  }

  /// Begins where something was found after nothing had been.
  private mutating func restartAt(_ place: SearchCoordinates.Place) {
    guard let strategy else { return }
    let mean = zip(place.numbers, strategy.mean).map { $0 ?? $1 }
    self.strategy = CovarianceStrategy(mean: mean, sigma: 0.2, population: strategy.population)
  }
}

/// The order of trials by success: feasible ones by value, then infeasible ones by how far they are from it, then failed ones.
struct Rank: Comparable {
  private let group: Int
  private let value: Double

  init(_ trial: Observation) {
    switch (trial.value, trial.isFeasible) {
    case (let value?, true): (group, self.value) = (0, value)
    case (_?, false): (group, value) = (1, trial.violations.reduce(0, +))
    case (nil, _): (group, value) = (2, 0)
    }
  }

  static func < (left: Rank, right: Rank) -> Bool {
    left.group != right.group ? left.group < right.group : left.value < right.value
  }
}
