import AttuneCore

/// The curve predictors there are, by the word that chooses them.
public enum CurvePredictorCatalog {
  typealias Maker = @Sendable (inout AlgorithmOptions) throws(AlgorithmError) -> any CurvePredictor

  static let makers: [String: Maker] = [
    "average": ModelAverage.init(options:),
    "domhan": CurveCombination.init(options:),
    "last": LastValue.init(options:),
    "power": PowerLaw.init(options:),
  ]

  /// Every word, in alphabetical order.
  public static var names: [String] { makers.keys.sorted() }

  /// The predictor of that choice.
  /// - Throws: `AlgorithmError` for an unknown word or option, or an option's value that is not allowed.
  public static func make(_ choice: AlgorithmChoice) throws(AlgorithmError) -> any CurvePredictor {
    guard let maker = makers[choice.name] else { throw .unknown(kind: "predictor", name: choice.name, known: names) }
    var options = AlgorithmOptions(choice)
    let predictor = try maker(&options)
    try options.finish()
    return predictor
  }
}
