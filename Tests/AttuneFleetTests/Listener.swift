import AttuneCore
import Testing

/// Collects what a runner tells; tests wait for what they expect.
actor Listener {
  struct Silence: Error, CustomStringConvertible {
    let heard: [Event.Kind]
    var description: String { "what was expected did not come; heard: \(heard)" }
  }

  private(set) var events: [RunnerEvent] = []
  private(set) var isFinished = false
  private var waiters: [Int: (isMet: ([Event.Kind]) -> Bool, continuation: CheckedContinuation<Bool, Never>)] = [:]
  private var waiterCount = 0

  init(_ stream: AsyncStream<RunnerEvent>) {
    Task {
      for await event in stream { await self.add(event) }
      await self.finish()
    }
  }

  var kinds: [Event.Kind] { events.map(\.kind) }

  /// Returns when `isMet` holds of everything heard so far.
  func wait(within seconds: Double = 30, until isMet: @escaping @Sendable ([Event.Kind]) -> Bool) async throws {
    if isMet(kinds) { return }
    waiterCount += 1
    let number = waiterCount
    let watchdog = Task {
      try await Task.sleep(for: .seconds(seconds))
      self.giveUp(number)
    }
    let isHeard = await withCheckedContinuation { waiters[number] = (isMet, $0) }
    watchdog.cancel()
    if !isHeard { throw Silence(heard: kinds) }
  }

  /// The ending of an attempt, awaited.
  func ending(of attempt: AttemptID, within seconds: Double = 30) async throws -> Ending {
    try await wait(within: seconds) { $0.contains { $0.isEnd(of: attempt) } }
    for case .attemptEnded(attempt, let ending) in kinds { return ending }
    throw Silence(heard: kinds)
  }

  func reports(of attempt: AttemptID) -> [Report] {
    kinds.compactMap { if case .reported(attempt, let report) = $0 { report } else { nil } }
  }

  private func add(_ event: RunnerEvent) {
    events.append(event)
    let kinds = kinds
    for (number, waiter) in waiters where waiter.isMet(kinds) {
      waiters[number] = nil
      waiter.continuation.resume(returning: true)
    }
  }

  private func finish() {
    isFinished = true
    for (number, waiter) in waiters {
      waiters[number] = nil
      waiter.continuation.resume(returning: false)
    }
  }

  private func giveUp(_ number: Int) { waiters.removeValue(forKey: number)?.continuation.resume(returning: false) }
}

extension Event.Kind {
  func isEnd(of attempt: AttemptID) -> Bool { if case .attemptEnded(attempt, _) = self { true } else { false } }
  func isStart(of attempt: AttemptID) -> Bool { if case .attemptStarted(attempt) = self { true } else { false } }
  func isReport(of attempt: AttemptID, step: Int) -> Bool { if case .reported(attempt, let report) = self { report.step == step } else { false } }
}

extension AttemptID: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    precondition(AttemptID(value) != nil, "an attempt is written 3.2")
    self = AttemptID(value) ?? AttemptID(trial: TrialID(1), number: 1)
  }
}

extension Order {
  static func starting(_ attempt: AttemptID, _ values: Configuration = Configuration(["lr": 0.5]), changes: [Change] = []) -> Order {
    .start(
      Start(
        attempt: attempt, configuration: values, slot: Slot(agent: "local", index: 0), isResume: attempt.number > 1, seed: 7, changes: changes))
  }
}
