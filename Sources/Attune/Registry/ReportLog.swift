import AttuneWire

/// The program's reports, kept until the other side has acknowledged them.
struct ReportLog {
  /// What is kept; each with its metrics, numbered by the log.
  struct Entry {
    var step: Int
    var metrics: [String: Double]
    var elapsed: Double
    var warmup: Double?
  }

  private var log: NumberedLog<Entry>
  private(set) var acknowledged = 0
  private var sent = 0
  private var isGreeted = false
  /// Reports that were dropped before anybody had them.
  private(set) var forgotten = 0

  init(capacity: Int) { log = NumberedLog(capacity: capacity) }

  /// The number of the last report; 0 before the first.
  var last: Int { log.last }
  /// The number of the first that is kept.
  var first: Int { log.first }
  /// Whether the other side has everything.
  var isAcknowledged: Bool { acknowledged >= log.last }

  @discardableResult
  mutating func append(step: Int, metrics: [String: Double], elapsed: Double, warmup: Double? = nil) -> ReportNotice {
    forgotten += log.append(Entry(step: step, metrics: metrics, elapsed: elapsed, warmup: warmup))
    return ReportNotice(n: log.last, step: step, metrics: metrics, elapsed: elapsed, warmup: warmup)
  }

  /// A connection has begun: the other side has the attempt's reports up to `number`.
  ///
  /// When this process was never greeted before, those are an earlier process's of the same attempt, and ours are counted on from there.
  mutating func greeted(acknowledged number: Int) {
    if !isGreeted { log.shift(by: number) }
    isGreeted = true
    sent = log.last
    acknowledge(through: number)
    sent = acknowledged
  }

  /// The other side has them for good; what was not sent, it cannot have.
  mutating func acknowledge(through number: Int) {
    acknowledged = max(acknowledged, min(number, sent))
    log.forget(through: acknowledged)
  }

  /// The next reports to send, so that at most `window` are sent ahead of the acknowledgement.
  mutating func takeUnsent(window: Int) -> [ReportNotice] {
    let start = max(sent + 1, log.first)
    let notices = from(start, atMost: acknowledged + window + 1 - start)
    if let last = notices.last { sent = last.n }
    return notices
  }

  /// Those from that number on that are kept.
  func from(_ number: Int, atMost limit: Int = .max) -> [ReportNotice] {
    guard limit > 0 else { return [] }
    let start = max(number, log.first)
    return log.from(start, atMost: limit).enumerated().map { index, entry in
      ReportNotice(n: start + index, step: entry.step, metrics: entry.metrics, elapsed: entry.elapsed, warmup: entry.warmup)
    }
  }
}
