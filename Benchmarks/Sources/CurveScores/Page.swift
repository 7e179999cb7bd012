import AttuneCore
import AttuneMath
import AttuneSchedulers
import Foundation
import System

/// The section of Docs/results/curves.md that compares predictors on traces.
struct Page {
  let folder: String

  /// What `average` is to reach at the last step of the CIFAR-10 trace, by values seen: log density and error.
  private static let promised = [4: (1.65, 0.036), 8: (2.07, 0.025), 12: (2.31, 0.020), 20: (2.62, 0.016)]

  /// Prints the section.
  /// - Returns: whether what is promised is kept.
  func isKept() throws -> Bool {
    say("## `average` beside the baselines")
    say("")
    say(
      "Real curves, half of which are known in full; the others are predicted from their first values. Log density (natural, of the value), mean"
    )
    say(
      "absolute error and rank correlation are those of the last step. 90 % holds: how many of 100 values lie within the 90 % interval, at the next"
    )
    say(
      "step, after a quarter and half of the rest, and at the end. Means over random halves; milliseconds of one thread, for the first prediction"
    )
    say("with these curves, which learns from them, and the median of the later ones.")
    say("")
    var isKept = try cost()
    say("### Accuracy of convolutional networks on CIFAR-10, 265 curves of 40 epochs")
    say("")
    isKept = try cifar() && isKept
    say("### Loss of recurrent networks on WikiText-2, 339 curves of 50 epochs, minimised")
    say("")
    return try words() && isKept
  }

  private func cifar() throws -> Bool {
    let file = folder + "/cifar10_cnn_klein2017.csv"
    guard isThere(file) else { return true }
    let options = [file, "--columns", "config,epoch,seconds_cumulative", "--metric", "val_accuracy", "--repeats", "8"]
    let scores = try CurveScores.scores(Arguments(options))
    var isKept = true
    for (seen, promise) in Self.promised.sorted(by: { $0.key < $1.key }) {
      guard let own = scores["average"]?[seen], let base = scores["last"]?[seen] else { continue }
      let isMet =
        own.density >= max(promise.0, base.density) && own.error <= min(promise.1, base.error) && own.rank >= base.rank
      say("From \(seen): promised density ≥ \(promise.0), error ≤ \(promise.1), nothing worse than `last`: \(isMet ? "kept" : "NOT KEPT").")
      isKept = isKept && isMet
    }
    say("")
    say("With 20 curves known, with 5, and with none:")
    say("")
    for others in ["20", "5", "0"] { _ = try CurveScores.scores(Arguments(options + ["--others", others])) }
    return isKept
  }

  private func words() throws -> Bool {
    let file = folder + "/nasbenchnlp_wikitext2.csv"
    guard isThere(file) else { return true }
    let options = [file, "--columns", "arch,epoch,seconds_cumulative", "--metric", "val_loss", "--goal", "minimize", "--repeats", "4"]
    _ = try CurveScores.scores(Arguments(options))
    return true
  }

  private func isThere(_ file: String) -> Bool {
    let isThere = FileManager.default.fileExists(atPath: file)
    if !isThere { say("Skipped: \(file) is not here.\n") }
    return isThere
  }

  /// Processor time of a prediction of 90 steps from 30.
  private func cost() throws -> Bool {
    let curves = (0..<97).map { index in
      var random = RandomStream(seed: 1, purpose: "cost", index: index)
      let (end, speed) = (Double.random(in: 0.5...0.9, using: &random), Double.random(in: 0.02...0.2, using: &random))
      return LearningCurve(
        steps: Array(1...120), values: (1...120).map { end * (1 - exp(-speed * Double($0))) + .random(in: -0.01...0.01, using: &random) })
    }
    let seen = LearningCurve(steps: Array(1...30), values: Array(curves[96].values[..<30]))
    say("### Cost of 90 probabilities from 30 points")
    say("")
    say("| predictor | other curves | ms, first | ms, later |")
    say("|---|---|---|---|")
    var isKept = true
    for name in ["average", "last"] {
      for others in [0, 8, 96] {
        var predictor = try CurvePredictorCatalog.make(AlgorithmChoice(name))
        let request = CurveRequest(
          trial: TrialID(1), curve: seen, others: Array(curves[..<others]), steps: Array(31...120), target: 0.7)
        let times = (0...200).map { _ in
          let start = threadNanoseconds()
          _ = predictor.predict(request)
          return (threadNanoseconds() - start) * 1e-6
        }
        let later = times.dropFirst().sorted()
        let median = later[later.count / 2]
        say("| `\(name)` | \(others) | \(String(format: "%.1f | %.3f", times[0], median)) |")
        isKept = isKept && median <= 0.5
      }
    }
    say("")
    say("Promised: 0.5 ms; \(isKept ? "kept" : "NOT KEPT").")
    say("")
    return isKept
  }
}
