import AttuneStore
import AttuneValues

/// How often trials were taken off their slots, and what that took.
struct SuspensionReport {
  private let rows: [SuspensionRow]

  init(_ rows: [SuspensionRow]) { self.rows = rows }

  /// For a person; `nil` when there were none.
  var text: String? {
    guard !rows.isEmpty else { return nil }
    let (seconds, bytes) = (rows.map(\.suspension.seconds), rows.map { Double($0.suspension.bytes) })
    return "suspended \(rows.count) times: \(milliseconds(mean(seconds))) on average, 95 % within \(milliseconds(percentile(seconds))); "
      + "\(Numbers.short(mean(bytes) / 1e6)) MB kept on average"
  }

  /// Every one, and their means and 95th percentiles.
  var json: JSON {
    let (seconds, bytes) = (rows.map(\.suspension.seconds), rows.map { Double($0.suspension.bytes) })
    let all = rows.map { row -> JSON in
      [
        "trial": .int(row.attempt.trial.rawValue), "attempt": .int(row.attempt.number), "mode": .string(row.suspension.mode.rawValue),
        "seconds": .float(row.suspension.seconds), "bytes": .int(row.suspension.bytes),
      ]
    }
    guard !rows.isEmpty else { return ["count": 0, "all": []] }
    return [
      "count": .int(rows.count), "seconds_mean": .float(mean(seconds)), "seconds_p95": .float(percentile(seconds)),
      "bytes_mean": .float(mean(bytes)), "bytes_p95": .float(percentile(bytes)), "all": .array(all),
    ]
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  /// The smallest value that 95 % of the values do not exceed.
  private func percentile(_ values: [Double]) -> Double { values.sorted()[(values.count * 95 + 99) / 100 - 1] }

  private func milliseconds(_ seconds: Double) -> String { "\(Numbers.short(seconds * 1000)) ms" }
}
