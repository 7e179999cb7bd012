import AttuneCore
import Testing

@testable import AttuneSchedulers

@Suite struct LastValueTests {
  private let seen = LearningCurve(steps: [1, 2, 3], values: [0.1, 0.3, 0.4])

  @Test func itAddsWhatOthersGained() throws {
    let others = [0.2, 0.4, 0.9].map { gain in LearningCurve(steps: [1, 2, 3, 10], values: [0.1, 0.2, 0.3, 0.3 + gain]) }
    let prediction = try #require(predict(others: others, steps: [10], target: 0.9))
    #expect(abs(prediction.mean[0] - 0.9) < 1e-12)
    #expect(abs(prediction.deviation[0] - (0.13 * 4 / 3).squareRoot()) < 1e-12)
    #expect(abs(prediction.probability[0] - 0.5) < 1e-12)
  }

  @Test func itReadsBetweenTheLines() throws {
    let others = [0.0, 0.0].map { LearningCurve(steps: [1, 5, 9], values: [$0, 0.4, 0.8]) }
    let prediction = try #require(predict(others: others, steps: [7], target: nil))
    #expect(abs(prediction.mean[0] - 0.8) < 1e-12)
  }

  @Test func withoutOthersNothingChanges() throws {
    let prediction = try #require(predict(others: [], steps: [4, 7], target: 0.4))
    #expect(prediction.mean == [0.4, 0.4])
    #expect(abs(prediction.deviation[0] - (0.05 / 2).squareRoot()) < 1e-12)
    #expect(abs(prediction.deviation[1] - 2 * prediction.deviation[0]) < 1e-12)
    #expect(prediction.probability == [0.5, 0.5])
  }

  @Test func othersThatStoppedOrDivergedDoNotCount() throws {
    let others = [
      LearningCurve(steps: [1, 2, 3, 4], values: [0, 0, 0, 9]), LearningCurve(steps: [1, 3, 10], values: [0, .nan, 9]),
      LearningCurve(steps: [5, 10], values: [0, 9]), LearningCurve(steps: [3, 10], values: [0, 9]),
    ]
    #expect(predict(others: others, steps: [10], target: nil)?.mean == [0.4])
  }

  private func predict(others: [LearningCurve], steps: [Int], target: Double?) -> CurvePrediction? {
    LastValue().predict(CurveRequest(trial: TrialID(1), curve: seen, others: others, steps: steps, target: target))
  }
}
