import AttuneCore
import AttuneMath

/// Population based bandits: as `pbt`, but numbers are chosen where a model of the whole population's gains promises most.
///
/// What each trial has gained in each interval, with which values, is the data of a Gaussian process that forgets; its upper confidence bound says
/// what to try next, with the others' present choices taken for known, so that two do not try the same. Parameters that are no numbers are
/// explored as by `pbt`, and numbers are, too, as long as there are fewer than two gains.
/// When not to use it: as for `pbt`; beyond a dozen numbers, which so few data do not tell apart.
/// Source: Parker-Holder, Nguyen and Roberts, "Provably efficient online hyperparameter optimization with population-based bandits" (NeurIPS 2020).
public struct PopulationBasedBandits: Scheduler, PopulationScheduler {
  private let perturbation: Perturbation
  var population: Population
  private var explorer = BanditExplorer()
  /// Who was compared, the newest last, some of them several times.
  private var recent: [TrialID] = []

  /// - Parameters:
  ///   - size: trials that live at a time; `nil` for `limits.trials` where trials can be suspended, and else one for each slot.
  ///   - interval: steps between two decisions about a trial, at least 1.
  ///   - quantile: the part that takes over, and the part that it takes over from; in 0...0.5.
  ///   - resample: the probability with which what is no number is drawn anew.
  ///   - names: the parameters that are moved; `nil` for those that are live, or all where none is.
  public init(size: Int? = nil, interval: Int = 5, quantile: Double = 0.25, resample: Double = 0.25, names: Set<String>? = nil) {
    self.init(PopulationOptions(size: size, interval: interval, quantile: quantile, resample: resample, names: names))
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) { self.init(try PopulationOptions(options: &options)) }

  private init(_ options: PopulationOptions) {
    perturbation = Perturbation(names: options.names, resample: options.resample, factors: 0.8...1.2)
    population = Population(options, purpose: "pb2")
  }

  /// - Complexity: O(gains³) for the newest 100 gains, and the choices of the 100 trials that were compared last, when a trial takes over from
  ///   another; else as `pbt`.
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] { movesOfPopulation(on: occasion, in: situation) }

  /// A new trial as long as the population is not full, else who has done the least.
  public mutating func next(in situation: Situation) -> Next { population.next(in: situation) }

  mutating func note(_ due: Population.Due, _ situation: Situation) {
    recent.append(due.trial)
    if recent.count > 2 * BanditExplorer.limit { recent.removeFirst(BanditExplorer.limit) }
    guard let gain = due.gain else { return }
    let space = situation.history.space
    explorer.note(
      gain: gain, of: situation.history[due.trial].presentConfiguration, time: intervals(due.step), in: space,
      among: perturbation.moved(in: space))
  }

  func explored(from donor: TrialID, _ situation: Situation, using random: inout RandomStream) -> Configuration? {
    let (history, space) = (situation.history, situation.history.space)
    guard let explored = perturbation.explored(from: history[donor].presentConfiguration, in: space, using: &random) else { return nil }
    // Who takes over was compared last.
    let others = Set(recent.suffix(BanditExplorer.limit)).subtracting(recent.suffix(1)).sorted()
    let pending = others.filter { !history[$0].state.isFinal }.map {
      (history[$0].presentConfiguration, time: intervals(population.step(of: $0)) + 1)
    }
    return explorer.chosen(
      from: explored, pending: pending, time: intervals(population.step(of: donor)) + 1, in: space, among: perturbation.moved(in: space),
      using: &random) ?? explored
  }

  /// In intervals.
  private func intervals(_ step: Int) -> Double { Double(step) / Double(population.options.interval) }
}
