import AttuneCore
import AttuneValues

/// How a trial's curve may go on, in the metric's own units.
struct PredictionReport {
  let trial: String
  let metric: String
  let goal: Objective.Goal
  let predictor: String
  /// The last step seen.
  let seen: Int
  let target: Double?
  let steps: [Int]
  /// Larger is better.
  let prediction: CurvePrediction

  /// What the columns hold.
  static let header = ["step", "mean", "deviation"]

  var json: JSON {
    let points = steps.indices.map { index -> JSON in
      var point: [String: JSON] = [
        "step": .int(steps[index]), "mean": .number(mean(index)), "deviation": .number(prediction.deviation[index]),
      ]
      if !prediction.probability.isEmpty { point["probability"] = .number(prediction.probability[index]) }
      return .object(point)
    }
    return [
      "trial": .string(trial), "metric": .string(metric), "goal": .string(goal.rawValue), "predictor": .string(predictor),
      "seen": .int(seen), "target": target.map(JSON.number) ?? .null, "steps": .array(points),
    ]
  }

  /// For a terminal: some twenty steps of many.
  var table: String {
    let count = min(steps.count, 20)
    let shown = (1...count).map { $0 * steps.count / count - 1 }
    return "\(title)\n" + Table.text(header, shown.map(row))
  }

  /// A line for each step: step, mean, deviation, and the probability where there is a target.
  var lines: String { steps.indices.map { row($0).joined(separator: " ") }.joined(separator: "\n") }

  /// The last step alone, behind the trial's name and the last step seen.
  var lastRow: [String] { [trial, "\(seen)"] + row(steps.count - 1) }

  /// What the columns of `row` hold.
  var header: [String] { Self.header + (target.map { ["P(\(goal == .maximize ? "≥" : "≤") \(Numbers.short($0)))"] } ?? []) }

  private var title: String { "trial \(trial): '\(metric)' after step \(seen), as '\(predictor)' sees it" }

  private func mean(_ index: Int) -> Double { goal == .maximize ? prediction.mean[index] : -prediction.mean[index] }

  private func row(_ index: Int) -> [String] {
    let chance = prediction.probability.isEmpty ? [] : [Numbers.short(prediction.probability[index])]
    return ["\(steps[index])", Numbers.short(mean(index)), Numbers.short(prediction.deviation[index])] + chance
  }
}
