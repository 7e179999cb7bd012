import AttuneCore
import AttuneMath

/// Population based bandits: as `pbt`, but numbers are chosen where a model of the whole population's gains promises most.
///
/// What each trial has gained in each interval, with which values, is the data of a Gaussian process that forgets; its upper confidence bound says
/// what to try next, with the others' present choices taken for known, so that two do not try the same. Parameters that are no numbers are
/// explored as by `pbt`, and numbers are, too, as long as there are fewer than two gains.
/// When not to use it: as for `pbt`; beyond a dozen numbers, which so few data do not tell apart.
/// Source: Parker-Holder, Nguyen and Roberts, "Provably efficient online hyperparameter optimization with population-based bandits" (NeurIPS 2020).
public struct PopulationBasedBandits: Scheduler {
  private let perturbation: Perturbation
  private var population: Population
  private var explorer = BanditExplorer()

  /// - Parameters:
  ///   - size: trials that live at a time; `nil` for `limits.trials` where trials can be suspended, and else one for each slot.
  ///   - interval: steps between two decisions about a trial, at least 1.
  ///   - quantile: the part that takes over, and the part that it takes over from; in 0...0.5.
  ///   - resample: the probability with which what is no number is drawn anew.
  ///   - names: the parameters that are moved; `nil` for those that are live, or all where none is.
  public init(size: Int? = nil, interval: Int = 5, quantile: Double = 0.25, resample: Double = 0.25, names: Set<String>? = nil) {
    self.init(PopulationOptions(size: size, interval: interval, quantile: quantile, names: names), resample: resample)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(try PopulationOptions(options: &options), resample: try options.number("resample", default: 0.25, in: 0...1))
  }

  private init(_ options: PopulationOptions, resample: Double) {
    precondition((0...1).contains(resample), "resample is in 0...1; got \(resample)")
    perturbation = Perturbation(names: options.names, resample: resample, factors: 0.8...1.2)
    population = Population(options, purpose: "pb2")
  }

  /// - Complexity: O(gains³) for the newest 100 gains when a trial takes over from another; else as `pbt`.
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id):
      guard let due = population.reported(id, situation) else { return [] }
      note(due, situation)
      return exploit(due, situation) ?? turn(id, situation)
    case .adopted(let id):
      population.tookOver(id, at: situation.history[id].adoptions.last?.step)
      return turn(id, situation)
    case .notAdopted(let id):
      population.tookOver(id, at: nil)
      return turn(id, situation)
    case .ended(let id): population.ended(id)
    case .suspended, .stayed, .predicted: break
    }
    return []
  }

  /// A new trial as long as the population is not full, else who has done the least.
  public mutating func next(in situation: Situation) -> Next { population.next(in: situation) }

  private mutating func note(_ due: Population.Due, _ situation: Situation) {
    guard let gain = due.gain else { return }
    let space = situation.history.space
    explorer.note(
      gain: gain, of: situation.history[due.trial].presentConfiguration, time: intervals(due.step), in: space,
      among: perturbation.moved(in: space))
  }

  private mutating func exploit(_ due: Population.Due, _ situation: Situation) -> [Move]? {
    guard let donor = due.donor else { return nil }
    let (history, space) = (situation.history, situation.history.space)
    var random = population.stream(for: due.trial, seed: situation.seed)
    _ = random.next()
    guard var explored = perturbation.explored(from: history[donor].presentConfiguration, in: space, using: &random) else { return nil }
    let pending = population.living.filter { $0 != due.trial }.map {
      (history[$0].presentConfiguration, time: intervals(population.step(of: $0)) + 1)
    }
    explored =
      explorer.chosen(
        from: explored, pending: pending, time: intervals(population.step(of: donor)) + 1, in: space, among: perturbation.moved(in: space),
        using: &random) ?? explored
    population.takesOver(due.trial, from: donor)
    return [.exploit(due.trial, from: donor, with: explored)]
  }

  private func turn(_ id: TrialID, _ situation: Situation) -> [Move] {
    population.makesRoom(id, situation) ? [.suspend(id)] : []
  }

  /// In intervals.
  private func intervals(_ step: Int) -> Double { Double(step) / Double(population.options.interval) }
}
