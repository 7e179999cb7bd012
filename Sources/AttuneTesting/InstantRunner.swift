import AttuneCore
import Synchronization

/// A runner whose attempts take no time: each reports what a function says of its configuration and ends well. The twin of a fleet,
/// for tests of drivers.
public final class InstantRunner: Runner {
  private struct State {
    var events: [RunnerEvent] = []
    var acknowledged = 0
    var started: [AttemptID] = []
    var orders: [Order] = []
    var output: AsyncStream<RunnerEvent>.Continuation?
    var isClosed = false
  }

  private let state = Mutex(State())
  private let slots: Int
  private let repeats: Int
  private let curve: @Sendable (Configuration) -> [Double]

  /// - Parameters:
  ///   - repeats: how often every event is told; sources may tell things twice.
  ///   - curve: the values of the metric `loss` that an attempt reports, step by step.
  public init(slots: Int, repeats: Int = 1, curve: @escaping @Sendable (Configuration) -> [Double]) {
    self.slots = slots
    self.repeats = repeats
    self.curve = curve
  }

  /// The attempts that were started, in order.
  public var started: [AttemptID] { state.withLock { $0.started } }
  /// The number up to which events were acknowledged.
  public var acknowledged: Int { state.withLock { $0.acknowledged } }
  /// Whether it was closed.
  public var isClosed: Bool { state.withLock { $0.isClosed } }
  /// Every order, in order.
  public var orders: [Order] { state.withLock { $0.orders } }

  /// Offers the slots and tells what is not acknowledged.
  public func open(acknowledged: [String: Int], running: [AttemptID: Slot]) async throws -> AsyncStream<RunnerEvent> {
    let (stream, output) = AsyncStream<RunnerEvent>.makeStream()
    for index in 0..<slots { output.yield(RunnerEvent(source: "instant", sequence: 0, .slotOffered(Slot(agent: "instant", index: index)))) }
    state.withLock { state in
      state.output = output
      for event in state.events where event.sequence > acknowledged["instant"] ?? 0 { output.yield(event) }
      for attempt in running.keys.sorted() where !state.started.contains(attempt) {
        tell(.attemptEnded(attempt, Ending(cause: .lost)), &state)
      }
    }
    return stream
  }

  /// A start is carried out at once, and only the first time.
  public func perform(_ order: Order) async {
    state.withLock { state in
      state.orders.append(order)
      guard case .start(let start) = order, !state.started.contains(start.attempt) else { return }
      state.started.append(start.attempt)
      tell(.attemptStarted(start.attempt), &state)
      for (index, value) in curve(start.configuration).enumerated() {
        tell(.reported(start.attempt, Report(step: index + 1, metrics: ["loss": value], elapsed: Double(index))), &state)
      }
      tell(.attemptEnded(start.attempt, Ending(cause: .exited(status: 0))), &state)
    }
  }

  /// Remembers the number.
  public func acknowledge(_ source: String, through sequence: Int) async { state.withLock { $0.acknowledged = sequence } }

  /// Ends the stream of events.
  public func close() async {
    state.withLock { $0.isClosed = true }
    giveUp()
  }

  /// Ends the stream of events, as a fleet does that has lost its agents.
  public func giveUp() { state.withLock { $0.output?.finish() } }

  private func tell(_ kind: Event.Kind, _ state: inout State) {
    let event = RunnerEvent(source: "instant", sequence: state.events.count + 1, kind)
    state.events.append(event)
    for _ in 0..<repeats { state.output?.yield(event) }
  }
}
