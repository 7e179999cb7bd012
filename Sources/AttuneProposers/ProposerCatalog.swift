import AttuneCore

/// The proposers there are, by the word that chooses them.
public enum ProposerCatalog {
  /// Makes one from its options; its space comes with every history.
  typealias Maker = @Sendable (inout AlgorithmOptions) throws(AlgorithmError) -> any Proposer

  static let makers: [String: Maker] = [
    "auto": AutomaticSearch.init(options:),
    "bohb": BudgetedParzenSearch.init(options:),
    "cmaes": CovarianceAdaptation.init(options:),
    "evolution": Evolution.init(options:),
    "gp": GaussianProcessSearch.init(options:),
    "grid": GridSearch.init(options:),
    "mcts": MonteCarloTreeSearch.init(options:),
    "passive": PassiveProposer.init(options:),
    "random": RandomSearch.init(options:),
    "reinforce": Reinforce.init(options:),
    "sequence": ListedConfigurations.init(options:),
    "sobol": ScrambledSobol.init(options:),
    "tpe": TreeParzenSearch.init(options:),
  ]

  /// Every word, in alphabetical order.
  public static var names: [String] { makers.keys.sorted() }

  /// The proposer of that choice.
  /// - Parameter directory: where the experiment file is; options that are paths begin there.
  /// - Throws: `AlgorithmError` for an unknown word or option, or an option's value that is not allowed.
  public static func make(_ choice: AlgorithmChoice, directory: String? = nil) throws(AlgorithmError) -> any Proposer {
    guard let maker = makers[choice.name] else { throw .unknown(kind: "proposer", name: choice.name, known: names) }
    var options = AlgorithmOptions(choice, directory: directory)
    let proposer = try maker(&options)
    try options.finish()
    return proposer
  }
}
