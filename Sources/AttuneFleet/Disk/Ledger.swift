import AttuneCore

/// What an agent must know after its own death: the fold of its spool.
struct Ledger {
  /// Of the last notice.
  private(set) var sequence: UInt64 = 0
  /// The attempts that have not ended.
  private(set) var attempts: [AttemptID: ProtoAttemptRecord] = [:]
  /// The notices of endings that the controller may not have yet, by their numbers.
  private(set) var endings: [AttemptID: UInt64] = [:]

  mutating func apply(_ record: ProtoSpoolRecord) {
    switch record.kind {
    case .head(let head):
      sequence = head.sequence
      attempts = [:]
      for attempt in head.attempts { insert(attempt) }
    case .prepared(let attempt): insert(attempt)
    case .forgotten(let text):
      if let attempt = AttemptID(text) { attempts[attempt] = nil }
    case .suspendOrdered(let order):
      if let attempt = AttemptID(order.attempt) { attempts[attempt]?.suspendOrderedNanoseconds = order.nanoseconds }
    case .entry(let entry): apply(entry)
    case nil: break
    }
  }

  /// The same state as one record.
  var head: ProtoSpoolRecord {
    .with { record in
      record.head = .with {
        $0.sequence = sequence
        $0.attempts = attempts.sorted { $0.key < $1.key }.map(\.value)
      }
    }
  }

  /// The controller has everything up to `number`.
  mutating func acknowledge(through number: UInt64) { endings = endings.filter { $0.value > number } }

  /// Numbers go on after `number`: the controller's journal knows more than this directory, which must have been lost.
  mutating func skip(to number: UInt64) { sequence = max(sequence, number) }

  private mutating func insert(_ record: ProtoAttemptRecord) {
    if let attempt = AttemptID(record.attempt) { attempts[attempt] = record }
  }

  private mutating func apply(_ entry: ProtoSpoolEntry) {
    sequence = max(sequence, entry.notice.sequence)
    guard let attempt = entry.notice.attempt else { return }
    if case .ended = entry.notice.kind {
      attempts[attempt] = nil
      endings[attempt] = entry.notice.sequence
      return
    }
    attempts[attempt]?.advance(with: entry)
  }
}

extension ProtoAttemptRecord {
  fileprivate mutating func advance(with entry: ProtoSpoolEntry) {
    switch entry.notice.kind {
    case .started: isStarted = true
    case .reported(let report): step = report.step
    case .changed(let changed): answer(changed.change.number)
    case .refused(let refused): answer(refused.number)
    case .suspended(let notice):
      suspendOrderedNanoseconds = 0
      if frozen.last.map({ $0.until > 0 }) ?? true { frozen.append(.with { $0.from = notice.nanoseconds }) }
    case .suspendFailed: suspendOrderedNanoseconds = 0
    case .resumed(let notice):
      if frozen.last?.until == 0 { frozen[frozen.count - 1].until = notice.nanoseconds }
    default: break
    }
    switch entry.source {
    case .stream(let position) where position.isErrors: errorsOffset = position.offset
    case .stream(let position): outputOffset = position.offset
    case .program(let position):
      programs.removeAll { $0.pid == position.pid }
      programs.append(position)
    case nil: break
    }
  }

  /// Once: records are folded again after a spool was rewritten. 0 is a change that nobody asked for.
  private mutating func answer(_ number: UInt64) {
    if number > 0, !answered.contains(number) { answered.append(number) }
  }
}

extension ProtoNotice {
  /// The attempt it is about.
  var attempt: AttemptID? {
    switch kind {
    case .started(let notice): AttemptID(notice.attempt)
    case .reported(let notice): AttemptID(notice.attempt)
    case .changed(let notice): AttemptID(notice.attempt)
    case .refused(let notice): AttemptID(notice.attempt)
    case .ended(let notice): AttemptID(notice.attempt)
    case .program(let notice): AttemptID(notice.attempt)
    case .suspended(let notice): AttemptID(notice.attempt)
    case .suspendFailed(let notice): AttemptID(notice.attempt)
    case .resumed(let notice): AttemptID(notice.attempt)
    case .welcome, .trouble, .closed, .copied, nil: nil
    }
  }
}
