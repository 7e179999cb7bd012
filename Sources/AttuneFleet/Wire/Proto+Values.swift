import AttuneCore
import AttuneValues

extension ProtoScalar {
  init(_ value: Value) {
    self.init()
    switch value {
    case .bool(let flag): self.flag = flag
    case .int(let integer): self.integer = Int64(integer)
    case .float(let float): self.float = float
    case .string(let text): self.text = text
    }
  }

  /// `nil` when it is of a kind that a newer agent or controller knows.
  var value: Value? {
    switch kind {
    case .flag(let flag): .bool(flag)
    case .integer(let integer): .int(Int(integer))
    case .float(let float): .float(float)
    case .text(let text): .string(text)
    case nil: nil
    }
  }
}

extension ProtoAppliedChange {
  init(_ change: Change) {
    self.init()
    number = UInt64(change.number)
    step = UInt64(change.step)
    values = change.values.mapValues(ProtoScalar.init)
    if let trigger = change.trigger { self.trigger = trigger }
    by = change.by
    if let payload = change.payload { self.payload = payload }
    if let reason = change.reason { self.reason = reason }
    isImmediate = change.isImmediate
  }

  var change: Change {
    Change(
      number: Int(number), step: Int(step), values: values.compactMapValues(\.value), trigger: hasTrigger ? trigger : nil, by: by,
      payload: hasPayload ? payload : nil, reason: hasReason ? reason : nil, isImmediate: isImmediate)
  }
}

extension ProtoChangeOrder {
  init(_ attempt: AttemptID, _ request: ChangeRequest) {
    self.init()
    self.attempt = attempt.description
    number = UInt64(request.number)
    switch request.wish {
    case .set(let values): set = .with { $0.values = values.mapValues(ProtoScalar.init) }
    case .fire(let trigger, let payload):
      self.trigger = trigger
      if let payload { self.payload = payload }
    }
    if let step = request.atStep { atStep = UInt64(max(0, step)) }
    by = request.by
    if let reason = request.reason { self.reason = reason }
  }
}

extension ProtoStart {
  init(_ order: Order.Start) {
    self.init()
    attempt = order.attempt.description
    configuration = order.configuration.values.mapValues(ProtoScalar.init)
    slot = UInt32(order.slot.index)
    seed = order.seed
    changes = order.changes.map(ProtoAppliedChange.init)
    adoption = UInt32(order.adoption ?? 0)
  }
}

extension ProtoAttemptEnded {
  init(_ attempt: AttemptID, _ ending: Ending) {
    self.init()
    self.attempt = attempt.description
    seconds = ending.seconds
    tail = ending.tail
    if let warmup = ending.cost?.warmup { self.warmup = warmup }
    if let joules = ending.cost?.joules { self.joules = joules }
    if let source = ending.cost?.energySource { energySource = source }
    checkpointed = ending.hasCheckpoint
    if let suspension = ending.suspension { self.suspension = ProtoSuspension(suspension) }
    switch ending.cause {
    case .exited(let status): self.status = Int32(status)
    case .signalled(let signal): self.signal = Int32(signal)
    case .timeLimit: timeLimit = true
    case .notStarted(let message): notStarted = message
    case .lost: lost = true
    // No agent ever ends a trial so.
    case .outside: status = 1
    }
  }

  var ending: Ending {
    let cause: Ending.Cause =
      switch self.cause {
      case .status(let status): .exited(status: Int(status))
      case .signal(let signal): .signalled(signal: Int(signal))
      case .timeLimit: .timeLimit
      case .notStarted(let message): .notStarted(message: message)
      case .lost, nil: .lost
      }
    let cost = AttemptCost(
      warmup: hasWarmup ? warmup : nil, joules: hasJoules ? joules : nil, energySource: hasEnergySource ? energySource : nil)
    return Ending(
      cause: cause, seconds: seconds, tail: tail, cost: cost == AttemptCost() ? nil : cost, hasCheckpoint: checkpointed,
      suspension: hasSuspension ? suspension.suspension : nil)
  }
}

extension ProtoSuspension {
  init(_ suspension: Suspension) {
    self.init()
    mode = suspension.mode.rawValue
    seconds = suspension.seconds
    bytes = UInt64(max(0, suspension.bytes))
  }

  var suspension: Suspension {
    Suspension(SuspendMode(rawValue: mode) ?? .none, seconds: seconds, bytes: Int(clamping: bytes))
  }
}

extension ProtoNotice {
  /// What the engine is told; `nil` for what only the fleet needs.
  var event: Event.Kind? {
    if case .copied(let notice) = kind {
      return .checkpointCopied(
        twin: TrialID(Int(notice.twin)), problem: notice.hasProblem ? notice.problem : nil,
        adoption: notice.adoption > 0 ? Int(notice.adoption) : nil)
    }
    guard let attempt else { return nil }
    switch kind {
    case .started: return .attemptStarted(attempt)
    case .reported(let notice):
      return .reported(attempt, notice.report)
    case .changed(let notice): return .changed(attempt, notice.change.change)
    case .refused(let notice): return .refused(attempt, number: Int(notice.number), message: notice.message)
    case .ended(let notice): return .attemptEnded(attempt, notice.ending)
    case .suspended(let notice): return .suspended(attempt, notice.suspension.suspension)
    case .suspendFailed(let notice): return .suspendFailed(attempt, message: notice.message)
    case .resumed: return .resumed(attempt)
    case .welcome, .program, .trouble, .closed, .copied, nil: return nil
    }
  }
}

extension ProtoReported {
  fileprivate var report: Report {
    Report(
      step: max(1, Int(step)), metrics: metrics, elapsed: elapsed, warmup: hasWarmup ? warmup : nil, hasCheckpoint: checkpointed)
  }
}
