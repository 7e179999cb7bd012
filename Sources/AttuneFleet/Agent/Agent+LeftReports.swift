import AttuneCore
import AttuneValues
import AttuneWire

/// Reports that programs could not tell before their end, because there was no agent: they left them in a file.
extension Agent {
  /// Keeps those that the spool does not have yet. To be called again without harm: a program's reports are numbered.
  func takeLeftReports(of attempt: RunningAttempt) {
    guard let bytes = Files.read(attempt.files.leftReports) else { return }
    var positions: [Int: ProtoProgramPosition] = [:]
    for position in ledger.attempts[attempt.id]?.programs ?? [] { positions[Int(position.pid)] = position }
    var entries: [ProtoSpoolEntry] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let document = try? JSON(parsing: Array(line)), let pid = document["pid"]?.int, let report = try? ReportNotice(json: document)
      else {
        let text = String(decoding: line.prefix(200), as: UTF8.self)
        log.note("attempt \(attempt.id): a report that its program has left cannot be read: \(text)")
        continue
      }
      var position = positions[pid] ?? .with { $0.pid = Int32(truncatingIfNeeded: pid) }
      guard report.n > Int(position.report) else { continue }
      position.report = UInt64(report.n)
      positions[pid] = position
      attempt.step = report.step
      entries.append(entry(report, position, of: attempt))
    }
    publish(entries)
  }

  private func entry(_ report: ReportNotice, _ position: ProtoProgramPosition, of attempt: RunningAttempt) -> ProtoSpoolEntry {
    .with { entry in
      entry.notice.reported = .with {
        $0.attempt = attempt.id.description
        $0.step = UInt64(report.step)
        $0.metrics = report.metrics
        $0.elapsed = attempt.active(at: position.clockStart + report.elapsed)
      }
      entry.program = position
    }
  }
}
