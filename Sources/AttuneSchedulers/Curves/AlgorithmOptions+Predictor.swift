import AttuneCore

extension AlgorithmOptions {
  /// The option `predictor`: a word of the catalog of curve predictors.
  mutating func predictor() throws(AlgorithmError) -> any CurvePredictor {
    let known = CurvePredictorCatalog.names
    let standard = known.contains("average") ? "average" : "last"
    return try CurvePredictorCatalog.make(AlgorithmChoice(try word("predictor", default: standard, among: known)))
  }
}
