import AttuneCore
import AttuneSimulator
import AttuneValues

extension SimulationReport {
  /// Everything; numbers unrounded, times in seconds.
  var json: JSON {
    [
      "trace": .string(played.name), "experiment": played.experiment.map(JSON.string) ?? .null, "metric": .string(objective.metric),
      "goal": .string(objective.goal.rawValue), "target": objective.target.map(JSON.number) ?? .null,
      "slots": .int(plan.conditions.slots), "steps": .int(plan.workload.steps), "configurations": .int(plan.orders[0].count),
      "known_configurations": .int(plan.workload.count), "repeats": .int(plan.orders.count),
      "seed": .int(Int(truncatingIfNeeded: plan.seed)),
      "confidence": .number(Comparison.confidence), "budgets": Self.numbers(comparison.budgets),
      "schedulers": .array(comparison.rows.map(json)), "notes": .array(remarks.map(JSON.string)),
    ]
  }

  private func json(_ row: Comparison.Row) -> JSON {
    var members: [String: JSON] = [
      "scheduler": .string(row.scheduler),
      "best": [
        "each": Self.numbers(row.runs.map { $0.best ?? .nan }), "average_each": Self.numbers(row.areas),
        "average": .number(Self.mean(row.areas)), "gain": row.areaGain.map { Self.interval($0.mean, $0.interval) } ?? .null,
      ],
      "seconds": Self.numbers(row.runs.map(\.seconds)), "outcomes": .array(row.runs.map { .string($0.outcome.map { "\($0)" } ?? "waits") }),
      "machine_seconds": [
        "each": Self.numbers(row.machineSeconds), "mean": .number(Self.mean(row.machineSeconds)),
        "steps": mean(row) { $0.machineTime.steps }, "lost": mean(row) { $0.machineTime.lost },
        "suspending": mean(row) { $0.machineTime.suspending }, "resuming": mean(row) { $0.machineTime.resuming },
      ],
      "trial_seconds": Self.quantiles(row.durations), "trials": mean(row) { Double($0.trials.count) },
      "suspensions": mean(row) { Double($0.suspensions) }, "failures": mean(row) { Double($0.failures) },
      "predictions": mean(row) { Double($0.predictions) }, "events": .int(row.runs.reduce(0) { $0 + $1.events }),
    ]
    let shares = row.runs.compactMap(\.promisingShare)
    if !shares.isEmpty { members["promising_share"] = .number(Self.mean(shares)) }
    if hasTarget { members["time_to_target"] = time(row) }
    return .object(members)
  }

  /// Of repeats without the target each is null, and the mean and the quantiles count the end of the experiment.
  private func time(_ row: Comparison.Row) -> JSON {
    let times = row.times
    return [
      "each": .array(times.seconds.map { $0.map(JSON.number) ?? .null }), "reached": .int(times.reached),
      "is_lower_bound": .bool(times.isBound), "mean": .number(times.mean), "median": times.median.map(JSON.number) ?? .null,
      "quantiles": Self.quantiles(times.quantiles), "ratio": row.timeRatio.map { Self.interval($0.ratio, $0.interval) } ?? .null,
    ]
  }

  private func mean(_ row: Comparison.Row, _ number: (SimulatedRun) -> Double) -> JSON { .number(Self.mean(row.runs.map(number))) }

  private static func numbers(_ values: [Double]) -> JSON { .array(values.map(JSON.number)) }

  private static func interval(_ value: Double, _ interval: ClosedRange<Double>) -> JSON {
    ["value": .number(value), "low": .number(interval.lowerBound), "high": .number(interval.upperBound)]
  }

  private static func quantiles(_ quantiles: Quantiles) -> JSON {
    let shares = [("min", 0), ("5", 0.05), ("25", 0.25), ("50", 0.5), ("75", 0.75), ("95", 0.95), ("max", 1)]
    return .object(Dictionary(shares.map { ($0.0, .number(quantiles[$0.1])) }, uniquingKeysWith: { first, _ in first }))
  }
}
