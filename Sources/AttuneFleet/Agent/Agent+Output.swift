import AttuneCore

/// Reports from what attempts print.
extension Agent {
  /// Reads what was added to the attempt's output. In pieces, so that a chatty script does not keep the others waiting.
  func drain(_ id: AttemptID) {
    guard let attempt = running[id], !attempt.isEnded, isHealthy else { return }
    let isDone = readOutput(of: attempt, isFinal: false)
    if !isDone { post { agent in agent.drain(id) } }
  }

  /// Keeps the reports in the next piece of output and of errors.
  /// - Returns: whether the end of both files was reached.
  func readOutput(of attempt: RunningAttempt, isFinal: Bool) -> Bool {
    let output = attempt.output.read(isFinal: isFinal)
    publish(reports(in: output.lines, isErrors: false, of: attempt))
    let errors = attempt.errors.read(isFinal: isFinal)
    publish(reports(in: errors.lines, isErrors: true, of: attempt))
    return output.isAtEnd && errors.isAtEnd
  }

  private func reports(in lines: [LogTail.Line], isErrors: Bool, of attempt: RunningAttempt) -> [ProtoSpoolEntry] {
    let entries = lines.compactMap { line -> ProtoSpoolEntry? in
      switch reader.finding(in: line.bytes, previousStep: attempt.step) {
      case .nothing: return nil
      case .malformed(let problem):
        complain(attempt, problem, line.bytes)
        return nil
      case .report(let step, let metrics):
        attempt.step = step
        return .with { entry in
          entry.notice.reported = .with {
            $0.attempt = attempt.id.description
            $0.step = UInt64(step)
            $0.metrics = metrics
            $0.elapsed = attempt.elapsed
          }
          entry.stream = .with {
            $0.isErrors = isErrors
            $0.offset = UInt64(line.end)
          }
        }
      }
    }
    guard var last = entries.last, attempt.checkpoint.hasChanged() else { return entries }
    last.notice.reported.checkpointed = true
    return entries.dropLast() + [last]
  }

  /// A script with a thousand bad lines is noted ten times.
  private func complain(_ attempt: RunningAttempt, _ problem: String, _ line: [UInt8]) {
    attempt.complaints += 1
    guard attempt.complaints <= 10 else { return }
    let text = String(decoding: line.prefix(200), as: UTF8.self)
    log.note("attempt \(attempt.id): a report was left out, \(problem): \(text)")
  }
}
