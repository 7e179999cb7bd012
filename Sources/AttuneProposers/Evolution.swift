import AttuneCore
import AttuneMath

/// Breeds configurations from good trials, and lets children begin with their parent's checkpoint.
///
/// One objective: regularised evolution. The population is the youngest ended trials; the best of a few of them, drawn at random, gets a
/// child that differs in one parameter, now and then in more. Nobody stays for being lucky once: age takes everyone out.
/// Source: Real, Aggarwal, Huang and Le, "Regularized evolution for image classifier architecture search" (AAAI 2019).
///
/// Several objectives: NSGA-II. The population is the best of all ended trials by front and, within a front, by the room around them;
/// two parents that won a tournament of two each are crossed, and the child is mutated.
/// Source: Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II" (IEEE TEVC 2002).
///
/// Parents are ended trials of the history and nothing else is remembered, so a trial that ends late is simply a parent later. Failed trials
/// and those that people touched: the former lose every tournament, the latter are no parents.
/// When not to use it: a few dozen trials of an expensive program without inheritance; a model learns more from each.
public struct Evolution: Proposer {
  private let chosenPopulation: Int?
  private let tournament: Int
  private let inherits: Bool
  private var observations = Observations()
  private var tried = TriedPoints()

  /// - Parameters:
  ///   - population: trials that may become parents, at least 2; as many are drawn at random at the start. `nil` for 12, or 24 with several
  ///     objectives.
  ///   - tournament: how many of them compete to be a parent, where there is one objective.
  ///   - inherits: whether a child begins with a copy of its parent's checkpoint.
  public init(population: Int? = nil, tournament: Int = 8, inherits: Bool = true) {
    precondition(population ?? 2 >= 2 && tournament >= 1, "a population has two or more, a tournament one or more")
    chosenPopulation = population
    self.tournament = tournament
    self.inherits = inherits
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    let population = try options.int("population", default: 0, in: 2...10_000)
    self.init(
      population: population == 0 ? nil : population, tournament: try options.int("tournament", default: 8, in: 1...10_000),
      inherits: try options.flag("inherit", default: true))
  }

  /// - Throws: `SpaceError.constraintsTooTight`.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    tried.update(observations.update(from: history), observations.all)
    let breeder = Breeder(space: history.space, tried: tried)
    guard breeder.canVary else {
      return Proposal(try history.space.sample(using: &random), note: "the space has one point, and it is proposed again")
    }
    let population = chosenPopulation ?? (history.objectives.count == 1 ? 12 : 24)
    guard observations.all.count >= population else { return Proposal(try breeder.newcomer(using: &random)) }
    let parents = history.objectives.count == 1 ? youngest(population) : Array(Survivors(observations.all, atMost: population))
    if let note = Self.stalemate(parents) {
      return Proposal(try breeder.newcomer(using: &random), note: "\(note): drawn at random")
    }
    let (chosen, configuration) =
      history.objectives.count == 1 ? try breed(parents, breeder, &random) : try cross(parents, breeder, &random)
    return Proposal(configuration, parent: inherits ? chosen.trial : nil)
  }

  /// The last ended trials, by number.
  private func youngest(_ count: Int) -> [Observation] {
    var found: [Observation] = []
    for observation in observations.all.reversed() where observation.isEvidence {
      found.append(observation)
      if found.count == count { break }
    }
    return found
  }

  /// Why there is nothing to choose by; `nil` where there is.
  private static func stalemate(_ parents: [Observation]) -> String? {
    guard parents.contains(where: { $0.value != nil }) else { return "no trial has a value yet" }
    let isAlike = parents.count > 1 && parents.allSatisfy { $0.outcome == parents[0].outcome && $0.violations == parents[0].violations }
    return isAlike ? "all parents are equally good" : nil
  }

  private func breed(
    _ parents: [Observation], _ breeder: Breeder, _ random: inout RandomStream
  ) throws -> (Observation, Configuration) {
    let contest = parents.shuffled(using: &random).prefix(tournament)
    let winner = contest.dropFirst().reduce(contest[contest.startIndex]) { $1.isFitter(than: $0) ? $1 : $0 }
    return (winner, try breeder.child(of: winner, using: &random))
  }

  /// `parents` come best first.
  private func cross(
    _ parents: [Observation], _ breeder: Breeder, _ random: inout RandomStream
  ) throws -> (Observation, Configuration) {
    func winner(_ random: inout RandomStream) -> Observation {
      let draws = (0..<2).map { _ in Int.random(in: parents.indices, using: &random) }
      return parents[min(draws[0], draws[1])]
    }
    let (first, second) = (winner(&random), winner(&random))
    return (first, try breeder.child(of: first, and: second, using: &random))
  }
}

extension Observation {
  /// Whether it wins a tournament of one objective: by its value, else by how little it breaks; what failed never does.
  func isFitter(than other: Observation) -> Bool {
    guard let value else { return false }
    guard let theirs = other.value else { return true }
    let (broken, theirsBroken) = (violations.reduce(0, +), other.violations.reduce(0, +))
    return broken == theirsBroken ? value < theirs : broken < theirsBroken
  }
}
