import AttuneCore

/// Orders whose answers have not come. After an agent's death they are sent again; orders are idempotent.
struct OutstandingOrders {
  private var starts: [AttemptID: Order] = [:]
  private var changes: [Int: Order] = [:]
  private var stops: [AttemptID: Order] = [:]
  /// The last of each attempt, as it suspends or resumes it.
  private var suspensions: [AttemptID: Order] = [:]
  private var copies: [TrialID: Order] = [:]

  mutating func insert(_ order: Order) {
    switch order {
    case .start(let start): starts[start.attempt] = order
    case .stop(let attempt): stops[attempt] = order
    case .suspend(let attempt), .resume(let attempt, _): suspensions[attempt] = order
    case .change(_, let request): changes[request.number] = order
    case .copyCheckpoint(_, let twin, _): copies[twin] = order
    }
  }

  /// Takes an event for the answer that it is.
  mutating func settle(_ event: Event.Kind) {
    switch event {
    case .attemptStarted(let attempt): starts[attempt] = nil
    case .changed(_, let change): changes[change.number] = nil
    case .refused(_, let number, _): changes[number] = nil
    case .checkpointCopied(let twin, _, let adoption):
      // A late answer to an adoption before is none to this one.
      if case .copyCheckpoint(_, _, .adopted(let number)) = copies[twin], number != adoption { return }
      copies[twin] = nil
    case .suspended(let attempt, _), .suspendFailed(let attempt, _):
      if case .suspend = suspensions[attempt] { suspensions[attempt] = nil }
    case .resumed(let attempt):
      if case .resume = suspensions[attempt] { suspensions[attempt] = nil }
    case .attemptEnded(let attempt, _):
      suspensions[attempt] = nil
      starts[attempt] = nil
      stops[attempt] = nil
    default: break
    }
  }

  /// In an order in which they can be carried out: an attempt is started before it is changed or stopped.
  var all: [Order] {
    starts.sorted { $0.key < $1.key }.map(\.value) + changes.sorted { $0.key < $1.key }.map(\.value)
      + suspensions.sorted { $0.key < $1.key }.map(\.value) + stops.sorted { $0.key < $1.key }.map(\.value)
      + copies.sorted { $0.key < $1.key }.map(\.value)
  }
}
