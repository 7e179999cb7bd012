import AttuneCore
import AttuneMath

/// Population based training: now and then a trial that is among the worst goes on with a copy of one of the best's checkpoint, and with that one's
/// values moved a little.
///
/// So values become schedules, which no single configuration has. Every trial is compared at its own steps with the newest values of all the others,
/// however far they are (asynchronously, by truncation selection): who is slow and behind catches up with the best; nobody is given up, and nobody
/// waits. A value that is not finite is the worst.
/// Of several objectives it looks at the first alone.
/// When not to use it: for scripts that cannot go on from another trial's checkpoint; for fewer than four trials at a time; where curves cross
/// late, because it is greedy. It says which schedule won, not which constant values are best.
/// Source: Jaderberg et al., "Population based training of neural networks" (arXiv 1711.09846, 2017), algorithm 1.
public struct PopulationBasedTraining: Scheduler, PopulationScheduler {
  private let perturbation: Perturbation
  var population: Population

  /// - Parameters:
  ///   - size: trials that live at a time; `nil` for `limits.trials` where trials can be suspended, and else one for each slot.
  ///   - interval: steps between two decisions about a trial, at least 1.
  ///   - quantile: the part that takes over, and the part that it takes over from; in 0...0.5.
  ///   - resample: the probability with which a parameter is drawn anew.
  ///   - factors: one of these ends multiplies a number otherwise.
  ///   - names: the parameters that are moved; `nil` for those that are live, or all where none is.
  public init(
    size: Int? = nil, interval: Int = 5, quantile: Double = 0.25, resample: Double = 0.25, factors: ClosedRange<Double> = 0.8...1.2,
    names: Set<String>? = nil
  ) {
    self.init(PopulationOptions(size: size, interval: interval, quantile: quantile, resample: resample, names: names), factors: factors)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(try PopulationOptions(options: &options), factors: try Perturbation.factors(&options))
  }

  private init(_ options: PopulationOptions, factors: ClosedRange<Double>) {
    perturbation = Perturbation(names: options.names, resample: options.resample, factors: factors)
    population = Population(options, purpose: "pbt")
  }

  /// - Complexity: O(log members).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] { movesOfPopulation(on: occasion, in: situation) }

  /// A new trial as long as the population is not full, else who has done the least.
  public mutating func next(in situation: Situation) -> Next { population.next(in: situation) }

  func explored(from donor: TrialID, _ situation: Situation, using random: inout RandomStream) -> Configuration? {
    perturbation.explored(from: situation.history[donor].presentConfiguration, in: situation.history.space, using: &random)
  }
}
