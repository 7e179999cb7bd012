import AttuneCore
import AttuneSimulator

/// What a simulation says, for a person or a program.
struct SimulationReport {
  let played: PlayedTrace
  let plan: SimulationPlan
  let comparison: Comparison

  var objective: Objective { comparison.objective }
  var hasTarget: Bool { objective.target != nil }

  /// A table a scheduler a line, and what it leaves out.
  var text: String {
    ([title] + [hasTarget ? timeTable : nil, bestTable, effortTable].compactMap(\.self) + remarks.map { "note: \($0)" })
      .joined(separator: "\n\n")
  }

  private var title: String {
    let (workload, slots, repeats) = (plan.workload, plan.conditions.slots, plan.orders.count)
    let goal = objective.target.map { " \(objective.goal == .maximize ? "≥" : "≤") \(Numbers.short($0))" } ?? " \(objective.goal.rawValue)d"
    return [
      "\(played.name): \(plan.orders[0].count) of \(workload.count) configurations", "\(workload.steps) steps",
      "\(slots) \(slots == 1 ? "slot" : "slots")", "\(repeats) \(repeats == 1 ? "repeat" : "repeats"): \(objective.metric)\(goal)",
    ].joined(separator: ", ")
  }

  private var timeTable: String {
    let rows = comparison.rows.map { row in
      let (times, quantiles) = (row.times, row.times.quantiles)
      return [
        row.scheduler, "\(times.reached)/\(times.seconds.count)", (times.isBound ? "> " : "") + Numbers.clock(times.mean),
        times.median.map(Numbers.clock) ?? "-", Numbers.clock(quantiles[0.05]), Numbers.clock(quantiles[0.95]),
        row.timeRatio.map { Self.ratio($0) } ?? "1",
      ]
    }
    return "time to target\n"
      + Table.text(["scheduler", "reached", "mean", "median", "5 %", "95 %", "ratio to \(first) (90 %)"], rows)
  }

  private var bestTable: String {
    let budgets = comparison.budgets
    let until = Numbers.clock(budgets.reduce(0, +) / Double(budgets.count))
    let rows = comparison.rows.map { row in
      let bests = row.runs.map { $0.best ?? .nan }
      return [
        row.scheduler, Numbers.short(Self.mean(bests)), Numbers.short(Self.mean(row.areas)),
        row.areaGain.map { "\(Self.signed($0.mean)) (\(Self.signed($0.interval.lowerBound)) to \(Self.signed($0.interval.upperBound)))" }
          ?? "-",
      ]
    }
    return "best \(objective.metric)\n"
      + Table.text(["scheduler", "in the end", "on average until \(until)", "better than \(first) (90 %)"], rows)
  }

  private var effortTable: String {
    let rows = comparison.rows.map { row in
      let (runs, durations) = (row.runs, row.durations)
      let time = runs.map(\.machineTime)
      let total = Self.mean(time.map(\.total))
      let lost = total > 0 ? Self.mean(time.map { $0.total - $0.steps }) / total : 0
      return [
        row.scheduler, Numbers.clock(total), Numbers.short(100 * lost) + " %",
        Numbers.short(Self.mean(runs.map { Double($0.trials.count) })),
        Numbers.short(Self.mean(runs.map { Double($0.suspensions) })), Numbers.short(Self.mean(runs.map { Double($0.failures) })),
        Numbers.short(Self.mean(runs.map { Double($0.predictions) })), Numbers.clock(durations.median), Numbers.clock(durations[0.95]),
      ]
    }
    return "effort, on average\n"
      + Table.text(
        ["scheduler", "slot time", "not training", "trials", "suspended", "failed", "predicted", "a trial: median", "95 %"], rows)
  }

  /// What has to be known to read the numbers rightly.
  var remarks: [String] {
    var remarks = played.remarks
    if let fault = played.trace.leftOut.first {
      remarks.append("trials of the trace that were left out: \(played.trace.leftOut.count), the first because of: \(fault)")
    }
    for row in comparison.rows where hasTarget && row.times.isBound {
      let missed = row.times.seconds.count - row.times.reached
      remarks.append(
        "\(row.scheduler) did not reach the target in \(missed) of \(row.runs.count); their ends are counted, which is too early"
      )
    }
    for row in comparison.rows {
      let stuck = row.runs.count { $0.outcome == nil }
      if stuck > 0 { remarks.append("\(row.scheduler) left \(stuck) of \(row.runs.count) experiments waiting for nothing") }
      for case .failed(let message)? in row.runs.map(\.outcome).prefix(1) { remarks.append("\(row.scheduler): \(message)") }
    }
    return remarks
  }

  private var first: String { comparison.rows[0].scheduler }

  private static func ratio(_ ratio: PairedRatio) -> String {
    "\(Numbers.short(ratio.ratio)) (\(Numbers.short(ratio.interval.lowerBound)) to \(Numbers.short(ratio.interval.upperBound)))"
  }

  private static func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + Numbers.short(value) }

  static func mean(_ values: [Double]) -> Double { values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count) }
}
