/// Pictures of a comparison, each a file of scalable vector graphics.
extension Comparison {
  /// Every picture that there is something for, by the name of its file.
  public var plots: [(name: String, text: String)] {
    var plots = [("best.svg", bestPlot), ("durations.svg", durationPlot)]
    if objective.target != nil { plots.insert(("time-to-target.svg", timePlot), at: 0) }
    if let allocationPlot { plots.append(("allocation.svg", allocationPlot)) }
    return plots
  }

  private var names: [String] { rows.map(\.scheduler) }

  /// Hours where there are many seconds.
  private func unit(_ seconds: Double) -> (name: String, seconds: Double) {
    seconds > 7200 ? ("hours", 3600) : seconds > 180 ? ("minutes", 60) : ("seconds", 1)
  }

  /// A box from the first to the third quarter with the median, and every repeat as a dot, grey where the target was not reached.
  private var timePlot: String {
    let longest = rows.flatMap(\.times.counted).max() ?? 1
    let unit = unit(longest)
    var axes = Axes(
      "Time until \(objective.metric) is \(objective.target.map(Axes.number) ?? "")", x: 0...Double(rows.count), "",
      y: 0...(longest / unit.seconds), unit.name, marks: false)
    for (index, row) in rows.enumerated() {
      let quantiles = row.times.quantiles
      let color = Axes.color(index)
      let middle = Double(index) + 0.5
      let low = axes.place(x: middle - 0.25, y: quantiles[0.25] / unit.seconds)
      let high = axes.place(x: middle + 0.25, y: quantiles[0.75] / unit.seconds)
      axes.drawing.rectangle(low.0, high.1, width: high.0 - low.0, height: low.1 - high.1, color: color, fill: color)
      let median = axes.place(x: middle, y: quantiles.median / unit.seconds).1
      axes.drawing.line(from: (low.0, median), to: (high.0, median), color: color, width: 2.5)
      for (repetition, time) in row.times.counted.enumerated() {
        let shift = Double(repetition % 7 - 3) * 0.02
        let point = axes.place(x: middle + shift, y: time / unit.seconds)
        axes.drawing.circle(point.0, point.1, color: row.times.seconds[repetition] == nil ? "#999" : color)
      }
      let bound = row.times.isBound ? " (\(row.times.reached)/\(row.times.seconds.count))" : ""
      axes.drawing.write(row.scheduler + bound, at: axes.place(x: middle, y: 0).0, axes.drawing.height - 28, anchor: "middle")
    }
    return axes.drawing.text
  }

  /// The median over repeats of the best value so far, and the half of the repeats in the middle.
  private var bestPlot: String {
    let end = budgets.max() ?? 1
    let unit = unit(end)
    let moments = (0...200).map { end * Double($0) / 200 }
    let bands = rows.map { row in
      moments.map { moment in Quantiles(row.runs.compactMap { $0.best(at: moment) }) }
    }
    let values = bands.flatMap { $0.flatMap { [$0[0.25], $0[0.75]] } }.filter(\.isFinite)
    var axes = Axes(
      "Best \(objective.metric) so far (median and middle half of the repeats)", x: 0...(end / unit.seconds), unit.name,
      y: (values.min() ?? 0)...(values.max() ?? 1), objective.metric)
    for (index, band) in bands.enumerated() {
      let known = zip(moments, band).filter { $0.1.count > 0 }
      let place = { (moment: Double, value: Double) in axes.place(x: moment / unit.seconds, y: value) }
      let upper = known.map { place($0.0, $0.1[0.75]) }
      let lower = known.map { place($0.0, $0.1[0.25]) }
      let middle = known.map { place($0.0, $0.1.median) }
      axes.drawing.path(upper + lower.reversed(), color: Axes.color(index), fill: Axes.color(index))
      axes.drawing.path(middle, color: Axes.color(index))
    }
    axes.legend(names, atBottom: objective.goal == .maximize)
    return axes.drawing.text
  }

  /// The share of trials that held slots no longer than so.
  private var durationPlot: String {
    let longest = rows.compactMap { $0.durations.count > 0 ? $0.durations[1] : nil }.max() ?? 1
    let unit = unit(longest)
    var axes = Axes("Time that one trial held slots", x: 0...(longest / unit.seconds), unit.name, y: 0...1, "share of trials")
    for (index, row) in rows.enumerated() where row.durations.count > 0 {
      let points = (0...200).map { share in axes.place(x: row.durations[Double(share) / 200] / unit.seconds, y: Double(share) / 200) }
      axes.drawing.path(points, color: Axes.color(index))
    }
    axes.legend(names, atBottom: true)
    return axes.drawing.text
  }

  /// Slots over time of the first repeat of the first scheduler that says which trials are promising.
  private var allocationPlot: String? {
    guard let row = rows.first(where: { $0.runs.contains { !$0.allocation.isEmpty } }),
      let run = row.runs.first(where: { !$0.allocation.isEmpty })
    else { return nil }
    let unit = unit(run.seconds)
    let most = run.allocation.map { $0.promising + $0.others }.max() ?? 1
    var axes = Axes(
      "\(row.scheduler): who holds the slots (first repeat)", x: 0...(run.seconds / unit.seconds), unit.name, y: 0...Double(most), "slots")
    let series: [(SimulatedRun.Allocation) -> Int] = [\.promising, \.others]
    for (index, count) in series.enumerated() {
      var points: [(Double, Double)] = []
      for (place, entry) in run.allocation.enumerated() {
        let end = place + 1 < run.allocation.count ? run.allocation[place + 1].seconds : run.seconds
        points.append(axes.place(x: entry.seconds / unit.seconds, y: Double(count(entry))))
        points.append(axes.place(x: end / unit.seconds, y: Double(count(entry))))
      }
      axes.drawing.path(points, color: Axes.color(index))
    }
    axes.legend(["promising", "others"])
    return axes.drawing.text
  }
}

extension SimulatedRun {
  /// The best value that was reported by then; `nil` when none was.
  /// - Complexity: O(log improvements).
  public func best(at seconds: Double) -> Double? {
    var (low, high) = (0, improvements.count)
    while low < high {
      let middle = (low + high) / 2
      if improvements[middle].seconds <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : improvements[low - 1].value
  }
}
