import AttuneCore
import AttuneMath

/// Population based training: now and then a trial that is among the worst goes on with a copy of one of the best's checkpoint, and with that one's
/// values moved a little.
///
/// So values become schedules, which no single configuration has. Every trial is compared at its own steps with the newest values of those that
/// are about as far (asynchronously, by truncation selection); nobody is given up, and nobody waits. A value that is not finite is the worst.
/// Of several objectives it looks at the first alone.
/// When not to use it: for scripts that cannot go on from another trial's checkpoint; for fewer than four trials at a time; where curves cross
/// late, because it is greedy. It says which schedule won, not which constant values are best.
/// Source: Jaderberg et al., "Population based training of neural networks" (arXiv 1711.09846, 2017), algorithm 1.
public struct PopulationBasedTraining: Scheduler {
  private let perturbation: Perturbation
  private var population: Population

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
    self.init(PopulationOptions(size: size, interval: interval, quantile: quantile, names: names), resample: resample, factors: factors)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      try PopulationOptions(options: &options), resample: try options.number("resample", default: 0.25, in: 0...1),
      factors: try Perturbation.factors(&options))
  }

  private init(_ options: PopulationOptions, resample: Double, factors: ClosedRange<Double>) {
    precondition((0...1).contains(resample) && factors.lowerBound > 0, "resample is in 0...1, factors above 0; got \(resample), \(factors)")
    perturbation = Perturbation(names: options.names, resample: resample, factors: factors)
    population = Population(options, purpose: "pbt")
  }

  /// - Complexity: O(members · log members) when the interval of a trial is over, else O(1).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id):
      guard let due = population.reported(id, situation) else { return [] }
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

  private mutating func exploit(_ due: Population.Due, _ situation: Situation) -> [Move]? {
    guard let donor = due.donor else { return nil }
    var random = population.stream(for: due.trial, seed: situation.seed)
    _ = random.next()
    let base = situation.history[donor].presentConfiguration
    guard let explored = perturbation.explored(from: base, in: situation.history.space, using: &random) else { return nil }
    population.takesOver(due.trial, from: donor)
    return [.exploit(due.trial, from: donor, with: explored)]
  }

  private func turn(_ id: TrialID, _ situation: Situation) -> [Move] {
    population.makesRoom(id, situation) ? [.suspend(id)] : []
  }
}
