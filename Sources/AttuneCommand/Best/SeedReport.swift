import AttuneCore
import AttuneStore
import AttuneValues

/// What a configuration's seeds came to: those it was chosen by, and those it was not.
struct SeedReport {
  private let seeds: Seeds
  private let criteria: Criteria
  private let result: TrialResult
  private let tuned: [TrialResult]
  private let tested: [TrialResult]

  /// `nil` for an experiment without several seeds.
  init?(_ result: TrialResult, _ standing: Standing) {
    guard let seeds = standing.criteria.seeds else { return nil }
    self.seeds = seeds
    self.result = result
    criteria = standing.criteria
    tuned = standing.tuned(result.trial)
    tested = standing.tested(result.trial)
  }

  var lines: [String] {
    let share = seeds.summary == .quantile ? "\(Numbers.short(seeds.quantile)) quantile" : seeds.summary.rawValue
    var lines: [String] = []
    for (index, objective) in criteria.objectives.enumerated() {
      let values = tuned.compactMap { $0.values?[index] }
      let range = values.min().flatMap { low in values.max().map { " (\(Numbers.short(low)) to \(Numbers.short($0)))" } } ?? ""
      let value = result.values.map { Numbers.short($0[index]) } ?? "–"
      lines.append("tuning          \(objective.metric) \(value), the \(share) of \(tuned.count) seeds\(range)")
      lines.append("test            " + test(index, objective.metric))
    }
    return lines
  }

  var json: JSON {
    let tune = criteria.objectives.indices.map { index -> JSON in
      [
        "metric": .string(criteria.objectives[index].metric), "value": (result.values?[index]).map(JSON.number) ?? .null,
        "values": .array(tuned.map { ($0.values?[index]).map(JSON.number) ?? .null }),
      ]
    }
    let test = criteria.objectives.indices.map { index -> JSON in
      let sample = SeedSample(tested.compactMap { $0.values?[index] })
      return [
        "metric": .string(criteria.objectives[index].metric), "mean": sample.mean.map(JSON.number) ?? .null,
        "standard_error": sample.standardError.map(JSON.number) ?? .null, "n": .int(sample.count),
        "failed": .int(tested.count - sample.count),
      ]
    }
    return ["summary": .string(seeds.summary.rawValue), "tune": .array(tune), "test": .array(test)]
  }

  private func test(_ index: Int, _ metric: String) -> String {
    guard seeds.test > 0 else { return "none: seeds.test is 0" }
    let sample = SeedSample(tested.compactMap { $0.values?[index] })
    let failed = tested.count - sample.count
    let remark = failed > 0 ? "; \(failed) failed and are left out" : ""
    guard let mean = sample.mean else { return "not run\(remark)" }
    let error = sample.standardError.map { " ± \(Numbers.short($0))" } ?? ""
    return "\(metric) \(Numbers.short(mean))\(error), mean and standard error of \(sample.count) seeds that nothing was chosen by\(remark)"
  }
}

/// Numbers of which mean and standard error are wanted.
struct SeedSample {
  let count: Int
  /// `nil` for no numbers.
  let mean: Double?
  /// Of the mean; `nil` for less than two numbers.
  let standardError: Double?

  init(_ values: [Double]) {
    count = values.count
    let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    self.mean = mean
    standardError =
      values.count < 2
      ? nil
      : mean.map { mean in
        let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
      }
  }
}
