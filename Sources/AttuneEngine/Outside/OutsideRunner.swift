import AttuneCore

/// A runner that runs nothing: of an experiment whose trials are all run by programs outside.
///
/// It offers no slots and leaves alone what an agent of an earlier controller still runs. Checkpoints are where the programs keep them, so
/// none is copied.
public final class OutsideRunner: Runner {
  private let stream: AsyncStream<RunnerEvent>
  private let output: AsyncStream<RunnerEvent>.Continuation

  /// A runner without slots.
  public init() { (stream, output) = AsyncStream<RunnerEvent>.makeStream() }

  /// Tells nothing of its own accord.
  public func open(acknowledged: [String: Int], running: [AttemptID: Slot]) async throws -> AsyncStream<RunnerEvent> { stream }

  /// Refuses what only an agent could do, so that nobody waits for it.
  public func perform(_ order: Order) async {
    switch order {
    case .copyCheckpoint(_, let heir, let role):
      var adoption: Int?
      if case .adopted(let number) = role { adoption = number }
      tell(.checkpointCopied(twin: heir, problem: "no agent is at work that could copy a checkpoint", adoption: adoption))
    case .change(let attempt, let request):
      tell(.refused(attempt, number: request.number, message: "trial \(attempt.trial) runs where no agent can reach it"))
    case .suspend(let attempt):
      tell(.suspendFailed(attempt, message: "trial \(attempt.trial) runs where no agent can reach it"))
    case .start, .stop, .resume: break
    }
  }

  /// Keeps nothing.
  public func acknowledge(_ source: String, through sequence: Int) async {}

  /// Ends the stream of events.
  public func close() async { output.finish() }

  private func tell(_ kind: Event.Kind) { output.yield(RunnerEvent(source: Slot.outsideAgent, sequence: 0, kind)) }
}
