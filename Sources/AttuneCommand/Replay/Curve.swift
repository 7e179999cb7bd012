import AttuneCore
import AttuneStore

/// A trial's reports on the way that led to its end, steps ascending.
struct Curve {
  private(set) var reports: [Report] = []

  /// Takes in a report. A step reported again by a later attempt replaces it and what came after; metrics reported separately by
  /// the same attempt are put together.
  mutating func add(_ report: Report, isContinuing: Bool) {
    var report = report
    while let last = reports.last, last.step >= report.step {
      reports.removeLast()
      if last.step == report.step, isContinuing {
        report = Report(
          step: report.step, metrics: last.metrics.merging(report.metrics) { _, new in new }, elapsed: report.elapsed, warmup: last.warmup,
          hasCheckpoint: last.hasCheckpoint || report.hasCheckpoint)
      }
    }
    reports.append(report)
  }

  /// The reports of all attempts.
  init(_ rows: [TrialRecord.ReportRow]) {
    var attempt = 0
    for row in rows {
      add(row.report, isContinuing: row.attempt == attempt)
      attempt = row.attempt
    }
  }

  /// Reports of one life, steps ascending.
  init(_ reports: [Report]) { self.reports = reports }

  /// No report yet.
  init() {}

  /// The values of a metric.
  func series(_ metric: String) -> [(step: Int, value: Double)] {
    reports.compactMap { report in report.metrics[metric].map { (report.step, $0) } }
  }

  /// Every metric that was reported, in the order of the names.
  var metrics: [String] { Set(reports.flatMap(\.metrics.keys)).sorted() }
}

/// How a replay's curve compares with the recorded one.
struct CurveComparison {
  /// Reports that were compared.
  let count: Int
  /// Reports that are equal to the last bit.
  let equal: Int
  /// The first that differs, in words.
  let difference: String?

  /// - Parameter metrics: the only ones to compare; empty for all.
  init(recorded: Curve, replayed: Curve, metrics: [String] = []) {
    let found = Dictionary(replayed.reports.map { ($0.step, $0.metrics) }) { _, last in last }
    count = recorded.reports.count
    var equal = 0
    var difference: String?
    for report in recorded.reports {
      let names = metrics.isEmpty ? report.metrics.keys.sorted() : metrics.filter { report.metrics[$0] != nil }
      guard let other = found[report.step] else {
        difference = difference ?? "step \(report.step) is recorded, and the replay did not report it"
        continue
      }
      if let name = names.first(where: { !Self.isSame(report.metrics[$0], other[$0]) }) {
        let values = [report.metrics[name], other[name]].map { $0.map(\.description) ?? "nothing" }
        difference = difference ?? "step \(report.step): \(name) is \(values[0]) in the record and \(values[1]) in the replay"
      } else {
        equal += 1
      }
    }
    self.equal = equal
    self.difference = difference
  }

  /// The same bits; one nan is as good as another.
  private static func isSame(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.bitPattern == right.bitPattern || (left.isNaN && right.isNaN)
  }
}
