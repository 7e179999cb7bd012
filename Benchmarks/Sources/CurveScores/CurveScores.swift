import AttuneCore
import AttuneMath
import AttuneSchedulers
import AttuneTraces
import Foundation
import System

/// Scores curve predictors on traces, and times them.
///
/// `CurveScores FOLDER` prints the section of Docs/results/curves.md, with the traces in that folder, and fails when less comes out than is promised.
/// `CurveScores FILE --columns config,epoch,seconds --metric accuracy --goal maximize --predictors average,last --repeats 4 --others 40` scores on
/// one trace: for each repeat, so many of the trial's curves are known to the predictor in full, half of them by default; every other curve is
/// predicted from its first values by them alone. Scored are the last step (density, error, rank) and, for coverage, four steps on the way.
@main
struct CurveScores {
  static func main() throws {
    let arguments = Arguments()
    if arguments.file.hasSuffix(".csv") {
      _ = try scores(arguments)
    } else if try !Page(folder: arguments.file).isKept() {
      exitFailing()
    }
  }

  /// Prints a table.
  /// - Returns: by predictor and values seen.
  static func scores(_ arguments: Arguments) throws -> [String: [Int: Score]] {
    let columns = arguments.list("columns", ["trial", "step", "seconds"])
    let metric = arguments.text("metric", "accuracy")
    let reader = TraceReader(
      columns: .init(trial: columns[0], step: columns[1], seconds: columns[2]), metrics: [metric], faults: .leftOut)
    let trace = try reader.read(file: arguments.file)
    let goal = Objective.Goal(rawValue: arguments.text("goal", "maximize")) ?? .maximize
    let longest = trace.trials.compactMap(\.steps.last).max() ?? 0
    let curves = trace.trials.filter { $0.steps.last == longest }.map { $0.curve(of: metric, goal: goal) }
    say("| predictor | seen | log density | error | rank | 90 % holds: next | 1/4 | 1/2 | last | ms, first | ms, later |")
    say("|---|---|---|---|---|---|---|---|---|---|---|")
    var all: [String: [Int: Score]] = [:]
    for predictor in arguments.list("predictors", ["average", "last"]) {
      for seen in arguments.list("seen", ["4", "8", "12", "20"]).compactMap(Int.init) {
        var score = Score()
        for repetition in 0..<arguments.number("repeats", 4) {
          try score.add(curves, predictor, seen: seen, repetition, others: arguments.number("others", curves.count / 2))
        }
        say("| `\(predictor)` | \(seen) | \(score.row) |")
        all[predictor, default: [:]][seen] = score
      }
    }
    say("")
    return all
  }
}

/// What is written behind the names of options.
struct Arguments {
  private let words: [String]

  init(_ words: [String] = Array(CommandLine.arguments.dropFirst())) { self.words = words }

  var file: String { words.first ?? "" }

  func text(_ name: String, _ fallback: String) -> String {
    guard let place = words.firstIndex(of: "--" + name), place + 1 < words.count else { return fallback }
    return words[place + 1]
  }

  func number(_ name: String, _ fallback: Int) -> Int { Int(text(name, "")) ?? fallback }

  func list(_ name: String, _ fallback: [String]) -> [String] {
    let text = text(name, "")
    return text.isEmpty ? fallback : text.split(separator: ",").map(String.init)
  }
}

/// Means over curves and repeats.
struct Score {
  private var densities: [Double] = []
  private var errors: [Double] = []
  private var ranks: [Double] = []
  private var covered = [0.0, 0, 0, 0]
  private var first: [Double] = []
  private var later: [Double] = []
  private var missing = 0

  /// Half of the curves known, the others predicted.
  mutating func add(_ curves: [LearningCurve], _ name: String, seen: Int, _ repetition: Int, others: Int) throws {
    var random = RandomStream(seed: UInt64(repetition), purpose: "split", index: curves.count)
    let order = curves.shuffled(using: &random)
    let known = Array(order[..<others])
    var predictor = try CurvePredictorCatalog.make(AlgorithmChoice(name))
    var (means, truths) = ([Double](), [Double]())
    for (index, whole) in order[max(others, curves.count / 2)...].enumerated() {
      let curve = LearningCurve(steps: Array(whole.steps[..<seen]), values: Array(whole.values[..<seen]))
      let coming = Array(whole.steps[seen...])
      func predict(_ steps: [Int], _ target: Double) -> CurvePrediction? {
        predictor.predict(CurveRequest(trial: TrialID(index), curve: curve, others: known, steps: steps, target: target))
      }
      let start = threadNanoseconds()
      let answer = predict(coming, 0)
      let time = (threadNanoseconds() - start) * 1e-6
      if index == 0 { first.append(time) } else { later.append(time) }
      guard let answer, let mean = answer.mean.last, let deviation = answer.deviation.last, let truth = whole.values.last else {
        missing += 1
        continue
      }
      let step = 1e-3 * deviation
      let end = [coming[coming.count - 1]]
      if let above = predict(end, truth - step), let below = predict(end, truth + step) {
        densities.append(log(max((above.probability[0] - below.probability[0]) / (2 * step), 1e-12)))
      }
      errors.append(abs(mean - truth))
      means.append(mean)
      truths.append(truth)
      let asked = [0, coming.count / 4, coming.count / 2, coming.count - 1]
      for (place, point) in asked.enumerated() {
        let value = whole.values[seen + point]
        guard let chance = predict([coming[point]], value)?.probability.first else { continue }
        covered[place] += chance > 0.05 && chance < 0.95 ? 1 : 0
      }
    }
    ranks.append(Self.correlation(Self.ranks(means), Self.ranks(truths)))
  }

  var density: Double { Self.mean(densities) }
  var error: Double { Self.mean(errors) }
  var rank: Double { Self.mean(ranks) }
  /// Of 90 % intervals, at four steps.
  var held: [Double] { covered.map { $0 / Double(max(1, errors.count)) } }

  /// Cells of a table.
  var row: String {
    let later = later.sorted()
    let cells = [
      Self.text(density, 2), Self.text(error, 4), Self.text(rank, 3), held.map { Self.text(100 * $0, 0) }.joined(separator: " | "),
      Self.text(Self.mean(first), 1),
      Self.text(later.isEmpty ? 0 : later[later.count / 2], 3),
    ]
    return cells.joined(separator: " | ") + (missing > 0 ? " (\(missing) without answer)" : "")
  }

  private static func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(max(1, numbers.count)) }

  private static func text(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }

  private static func ranks(_ numbers: [Double]) -> [Double] {
    var ranks = numbers
    for (rank, index) in numbers.indices.sorted(by: { numbers[$0] < numbers[$1] }).enumerated() { ranks[index] = Double(rank) }
    return ranks
  }

  private static func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let (a, b) = (mean(x), mean(y))
    let products = zip(x, y).map { ($0 - a) * ($1 - b) }
    let squares = (x.reduce(0) { $0 + ($1 - a) * ($1 - a) }, y.reduce(0) { $0 + ($1 - b) * ($1 - b) })
    return products.reduce(0, +) / (squares.0 * squares.1).squareRoot()
  }
}
