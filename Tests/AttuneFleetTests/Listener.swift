import AttuneCore
import Testing

/// Collects what a runner tells; tests wait for what they expect.
struct Listener {
  private let collector = Collector<RunnerEvent>()

  init(_ stream: AsyncStream<RunnerEvent>) {
    let collector = collector
    Task { for await event in stream { await collector.add(event) } }
  }

  var events: [RunnerEvent] { get async { await collector.items } }
  var kinds: [Event.Kind] { get async { await collector.items.map(\.kind) } }

  func wait(until isMet: @escaping @Sendable ([Event.Kind]) -> Bool) async throws {
    try await collector.wait { isMet($0.map(\.kind)) }
  }

  func wait(count: Int) async throws { try await collector.wait { $0.count >= count } }

  /// The ending of an attempt, awaited.
  func ending(of attempt: AttemptID) async throws -> Ending {
    try await wait { $0.contains { $0.isEnd(of: attempt) } }
    let endings = await kinds.compactMap { if case .attemptEnded(attempt, let ending) = $0 { ending } else { nil } }
    return try #require(endings.first)
  }

  func reports(of attempt: AttemptID) async -> [Report] {
    await kinds.compactMap { if case .reported(attempt, let report) = $0 { report } else { nil } }
  }
}

extension Event.Kind {
  func isEnd(of attempt: AttemptID) -> Bool { if case .attemptEnded(attempt, _) = self { true } else { false } }
  func isStart(of attempt: AttemptID) -> Bool { if case .attemptStarted(attempt) = self { true } else { false } }
  func isReport(of attempt: AttemptID, step: Int) -> Bool {
    if case .reported(attempt, let report) = self { report.step == step } else { false }
  }
}

extension AttemptID: ExpressibleByStringLiteral {
  /// Written `"3.2"`.
  public init(stringLiteral value: String) {
    precondition(AttemptID(value) != nil, "an attempt is written 3.2")
    self = AttemptID(value) ?? AttemptID(trial: TrialID(1), number: 1)
  }
}

extension Order {
  static func starting(_ attempt: AttemptID, _ values: Configuration = Configuration(["lr": 0.5]), changes: [Change] = []) -> Order {
    .start(
      Start(
        attempt: attempt, configuration: values, slot: Slot(agent: "local", index: 0), isResume: attempt.number > 1, seed: 7,
        changes: changes))
  }
}
