import AttuneCore
import Testing

@testable import AttuneSchedulers

/// What every predictor owes: an answer or none, quickly, whatever the curve.
@Suite struct CurvePredictorTests {
  static let hardships: [(String, LearningCurve)] = [
    ("empty", LearningCurve()),
    ("one point", LearningCurve(steps: [1], values: [0.5])),
    ("one nan", LearningCurve(steps: [1], values: [.nan])),
    ("constant", curve(20) { _ in 0.1 }),
    ("zero", curve(20) { _ in 0 }),
    ("negative", curve(20) { -3 / $0 }),
    ("decreasing", curve(20) { 0.9 - 0.02 * $0 }),
    ("nan inside", curve(20) { $0 == 7 ? .nan : 1 - 1 / $0 }),
    ("nan at the end", curve(20) { $0 == 20 ? .nan : 1 - 1 / $0 }),
    ("infinite", curve(20) { _ in .infinity }),
    ("huge", curve(20) { 1e300 * $0 }),
    ("tiny", curve(20) { 1e-300 * $0 }),
    ("jumping", curve(20) { $0.truncatingRemainder(dividingBy: 2) == 0 ? 1e6 : -1e6 }),
    ("far apart", LearningCurve(steps: [1, 2_000, 4_000, 6_000], values: [0.1, 0.2, 0.3, 0.35])),
    ("100,000 points", curve(100_000) { 1 - 1 / $0.squareRoot() }),
  ]

  @Test(arguments: CurvePredictorCatalog.names, hardships.map(\.0))
  func hardCurves(name: String, hardship: String) throws {
    let curve = try #require(Self.hardships.first { $0.0 == hardship }).1
    var predictor = try CurvePredictorCatalog.make(Self.quick(name))
    let last = curve.steps.last ?? 0
    let request = CurveRequest(trial: TrialID(1), curve: curve, steps: [last + 1, last + 2, last + 100], target: 0.7)
    guard let prediction = predictor.predict(request) else { return }
    #expect(prediction.mean.count == 3 && prediction.deviation.count == 3 && prediction.probability.count == 3)
    #expect(prediction.mean.allSatisfy { $0.isFinite }, "\(prediction)")
    #expect(prediction.deviation.allSatisfy { $0.isFinite && $0 > 0 }, "\(prediction)")
    #expect(prediction.probability.allSatisfy { (0...1).contains($0) }, "\(prediction)")
    #expect(curve.values.last?.isFinite == true, "nobody predicts what has diverged")
    guard hardship == "nan inside" else { return }
    let again = predictor.predict(request)
    #expect(again == prediction, "asked twice the same, it answers the same")
  }

  @Test(arguments: CurvePredictorCatalog.names) func nothingAskedNothingAnswered(name: String) throws {
    var predictor = try CurvePredictorCatalog.make(Self.quick(name))
    let curve = Self.curve(10) { 1 - 1 / $0 }
    let prediction = predictor.predict(CurveRequest(trial: TrialID(1), curve: curve, steps: [], target: 0.7))
    #expect(prediction == nil || prediction == CurvePrediction(mean: [], deviation: []))
    let withoutTarget = predictor.predict(CurveRequest(trial: TrialID(1), curve: curve, steps: [11, 12], target: nil))
    #expect(withoutTarget.map(\.probability.isEmpty) ?? true)
  }

  @Test(arguments: CurvePredictorCatalog.names) func strideDoesNotMatter(name: String) throws {
    var predictor = try CurvePredictorCatalog.make(Self.quick(name))
    let curve = Self.curve(12) { 0.8 - 0.6 / $0 + 0.01 * ($0 * 2.4).truncatingRemainder(dividingBy: 1) }
    let coarse = LearningCurve(steps: curve.steps.map { $0 * 2_000 }, values: curve.values)
    let fine = predictor.predict(CurveRequest(trial: TrialID(1), curve: curve, steps: [20, 30], target: 0.75))
    let other = predictor.predict(CurveRequest(trial: TrialID(1), curve: coarse, steps: [40_000, 60_000], target: 0.75))
    #expect(fine != nil && fine == other)
  }

  /// The predictor of that name, with options that make it quick where it has some.
  private static func quick(_ name: String) -> AlgorithmChoice {
    AlgorithmChoice(name, options: name == "domhan" ? ["steps": 40, "walkers": 20] : [:])
  }

  @Test func catalogRefuses() {
    #expect(throws: AlgorithmError.unknown(kind: "predictor", name: "lats", known: CurvePredictorCatalog.names)) {
      try CurvePredictorCatalog.make(AlgorithmChoice("lats"))
    }
    #expect(throws: AlgorithmError.unknownOption(algorithm: "last", option: "seed", known: [])) {
      try CurvePredictorCatalog.make(AlgorithmChoice("last", options: ["seed": 3]))
    }
  }

  static func curve(_ count: Int, _ value: (Double) -> Double) -> LearningCurve {
    LearningCurve(steps: Array(1...count), values: (1...count).map { value(Double($0)) })
  }
}
