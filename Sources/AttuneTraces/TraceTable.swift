import AttuneCore

/// A trace while its lines are read.
struct TraceTable {
  /// The reports of one trial so far.
  fileprivate struct Rows {
    let name: String
    var lines: [Int] = []
    var steps: [Int] = []
    var seconds: [Double] = []
    /// By metric, in the order of the head.
    var values: [[Double]]
    /// The first thing wrong with its lines.
    var fault: TraceError?
    /// The first cell of each metric that is no number.
    var texts: [Int: TraceError] = [:]
  }

  private let head: TraceHead
  private let allowsGaps: Bool
  private let file: String
  private var trials: [Rows] = []
  private var places: [String: Int] = [:]
  private var current = 0

  init(_ head: TraceHead, allowsGaps: Bool, file: String) {
    self.head = head
    self.allowsGaps = allowsGaps
    self.file = file
  }

  /// Adds the line at which the rows stand.
  mutating func add(_ rows: CommaSeparated) throws(TraceError) {
    guard rows.cells.count == head.count else {
      throw TraceError(file: file, line: rows.line, .cells(count: rows.cells.count, expected: head.count))
    }
    choose(rows)
    trials[current].add(rows, head, file)
  }

  /// What was read.
  /// - Parameter strictMetrics: whether a text among a metric's numbers is a fault of its trial; otherwise such a column is no metric.
  func trace(strictMetrics: Bool) -> Trace {
    let kept = head.metrics.indices.filter { metric in strictMetrics || trials.allSatisfy { $0.texts[metric] == nil } }
    var good: [TracedTrial] = []
    var leftOut: [TraceError] = []
    for rows in trials {
      let fault = [rows.fault, kept.compactMap { rows.texts[$0] }.first, allowsGaps ? nil : gap(in: rows)].compactMap { $0 }
      if let first = fault.min(by: { ($0.line ?? 0) < ($1.line ?? 0) }) {
        leftOut.append(first)
      } else {
        let metrics = Dictionary(uniqueKeysWithValues: kept.map { (head.metrics[$0].name, rows.values[$0]) })
        good.append(TracedTrial(name: rows.name, steps: rows.steps, seconds: rows.seconds, metrics: metrics))
      }
    }
    return Trace(metrics: kept.map { head.metrics[$0].name }, trials: good, leftOut: leftOut)
  }

  /// Makes the trial of the line the current one.
  private mutating func choose(_ rows: CommaSeparated) {
    let cell = rows.cells[head.trial]
    if !trials.isEmpty, rows.isEqual(cell, to: trials[current].name) { return }
    let name = rows.text(cell)
    if let place = places[name] {
      current = place
    } else {
      current = trials.count
      places[name] = current
      trials.append(Rows(name: name, values: Array(repeating: [], count: head.metrics.count)))
    }
  }

  /// The first place where steps are missing: where most distances between a trial's steps are the same, a larger one, at the
  /// beginning, too. Reports at irregular distances miss nothing.
  private func gap(in rows: Rows) -> TraceError? {
    guard rows.fault == nil, rows.steps.count > 1 else { return nil }
    let strides = zip(rows.steps, [0] + rows.steps.dropLast()).map { $0 - $1 }
    let counts = Dictionary(strides.dropFirst().map { ($0, 1) }, uniquingKeysWith: +)
    guard let usual = counts.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }), 2 * usual.value > strides.count - 1,
      let place = strides.firstIndex(where: { $0 > usual.key })
    else { return nil }
    let first = rows.steps[place] - strides[place] + usual.key
    let last = max(first, rows.steps[place] - usual.key)
    return TraceError(file: file, line: rows.lines[place], trial: rows.name, .missingSteps(from: first, through: last))
  }
}

extension TraceTable.Rows {
  fileprivate mutating func add(_ rows: CommaSeparated, _ head: TraceHead, _ file: String) {
    guard fault == nil else { return }
    func error(_ problem: TraceError.Problem) -> TraceError { TraceError(file: file, line: rows.line, trial: name, problem) }
    let stepText = rows.text(rows.cells[head.step])
    guard let step = Int(stepText), step >= 1 else {
      return fault = error(.notANumber(column: head.columns.step, text: stepText, allowed: "a whole number, from 1"))
    }
    if let last = steps.last, step <= last { return fault = error(.stepsDescend(step: step, after: last)) }
    let secondsText = rows.text(rows.cells[head.seconds])
    guard let time = Double(secondsText), time.isFinite else {
      return fault = error(.notANumber(column: head.columns.seconds, text: secondsText, allowed: "a finite number"))
    }
    if time <= seconds.last ?? 0 { return fault = error(.secondsDescend(seconds: time, after: seconds.last ?? 0)) }
    lines.append(rows.line)
    steps.append(step)
    seconds.append(time)
    for (index, metric) in head.metrics.enumerated() {
      let text = rows.text(rows.cells[metric.index])
      let value = text.isEmpty ? .nan : Double(text)
      values[index].append(value ?? .nan)
      if value == nil, texts[index] == nil {
        texts[index] = error(.notANumber(column: metric.name, text: text, allowed: "a number, nan, inf, or nothing"))
      }
    }
  }
}
