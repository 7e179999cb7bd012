import AttuneCore
import AttuneMath
import AttuneTraces
import Foundation
import Testing

@testable import AttuneSchedulers

/// The default predictor on real curves, of which it learns from some; `make bench-curves` measures all of them.
@Suite struct TraceScoreTests {
  static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "../../../shared/traces/cifar10_cnn_klein2017.csv"
  ).standardizedFileURL.path

  /// Values seen, and the mean error at step 40 of curves not learned from that is allowed.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: file), "skipped: ../shared/traces is not here"),
    arguments: [(4, 0.045), (12, 0.025)])
  func cifar(seen: Int, error: Double) throws {
    let reader = TraceReader(columns: .init(trial: "config", step: "epoch", seconds: "seconds_cumulative"), metrics: ["val_accuracy"])
    let seed: UInt64 = 1
    var random = RandomStream(seed: seed, purpose: "split", index: 0)
    let curves = try reader.read(file: Self.file).trials.map { $0.curve(of: "val_accuracy", goal: .maximize) }.shuffled(using: &random)
    let others = Array(curves[..<64])
    var predictor = ModelAverage()
    var (means, truths, lasts, held) = ([Double](), [Double](), [Double](), 0)
    for curve in curves[132..<162] {
      let start = LearningCurve(steps: Array(curve.steps[..<seen]), values: Array(curve.values[..<seen]))
      let truth = try #require(curve.values.last)
      let request = CurveRequest(trial: TrialID(1), curve: start, others: others, steps: [40], target: truth)
      let prediction = predictor.predict(request)
      let answer = try #require(prediction)
      means.append(answer.mean[0])
      truths.append(truth)
      lasts.append(start.values[seen - 1])
      held += abs(answer.probability[0] - 0.5) < 0.45 ? 1 : 0
    }
    let miss = zip(means, truths).reduce(0) { $0 + abs($1.0 - $1.1) } / 30
    #expect(miss <= error, "seed \(seed)")
    #expect(Self.correlation(means, truths) >= Self.correlation(lasts, truths) - 0.03, "seed \(seed)")
    #expect((24...30).contains(held), "seed \(seed): 90 % intervals hold \(held) of 30")
  }

  private static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    func ranks(_ numbers: [Double]) -> [Double] { numbers.map { number in Double(numbers.filter { $0 < number }.count) } }
    let (a, b) = (ranks(x), ranks(y))
    let middle = Double(x.count - 1) / 2
    let product = zip(a, b).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
    return product / a.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
  }
}
