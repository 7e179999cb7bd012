import AttuneCore

/// The schedulers there are, by the word that chooses them.
public enum SchedulerCatalog {
  typealias Maker = @Sendable (inout AlgorithmOptions) throws(AlgorithmError) -> any Scheduler

  static let makers: [String: Maker] = [
    "asha": SuccessiveHalving.init(options:),
    "bandit": BanditStopping.init(options:),
    "dominance": DominanceStopping.init(options:),
    "earlyterm": EarlyTermination.init(options:),
    "fifo": FirstInFirstOut.init(options:),
    "hyperband": Hyperband.init(options:),
    "iepoch": ConstantSteps.init(options:),
    "median": MedianStopping.init(options:),
    "percentile": PercentileStopping.init(options:),
    "pb2": PopulationBasedBandits.init(options:),
    "pbt": PopulationBasedTraining.init(options:),
    "pop": PromisingOpportunisticPoor.init(options:),
    "prospect": ProspectScheduling.init(options:),
  ]

  /// Every word, in alphabetical order.
  public static var names: [String] { makers.keys.sorted() }

  /// The scheduler of that choice.
  /// - Throws: `AlgorithmError` for an unknown word or option, or an option's value that is not allowed.
  public static func make(_ choice: AlgorithmChoice) throws(AlgorithmError) -> any Scheduler {
    guard let maker = makers[choice.name] else { throw .unknown(kind: "scheduler", name: choice.name, known: names) }
    var options = AlgorithmOptions(choice)
    let scheduler = try maker(&options)
    try options.finish()
    return scheduler
  }
}
