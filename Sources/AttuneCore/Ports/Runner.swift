import AttuneValues

/// What the engine tells a runner to do.
public enum Order: Hashable, Sendable {
  case start(Start)
  case stop(AttemptID)
  /// Take a running attempt off its slot from outside, as `ExperimentDefinition.suspend` says how.
  case suspend(AttemptID)
  /// Let an attempt go on whose processes are stopped.
  case resume(AttemptID, Slot)
  case change(AttemptID, ChangeRequest)
  /// Give a twin or a child that has not been started, or a trial that is to adopt it, a copy of the trial's checkpoint, whole or not at all.
  case copyCheckpoint(of: TrialID, to: TrialID, as: CheckpointRole)

  /// Everything a runner needs to start an attempt.
  public struct Start: Hashable, Sendable {
    /// Which attempt.
    public let attempt: AttemptID
    /// What to try.
    public let configuration: Configuration
    /// Where to run it.
    public let slot: Slot
    /// Whether the checkpoint directory may hold a checkpoint of an attempt before.
    public let isResume: Bool
    /// A number for the script's own random generators, the same for every attempt of a trial.
    public let seed: UInt32
    /// Live changes of earlier attempts, to be applied again.
    public let changes: [Change]
    /// The number of an adopted copy that takes the place of the trial's checkpoint before, if it has not yet; `nil` for none.
    public let adoption: Int?

    /// A start order.
    public init(
      attempt: AttemptID, configuration: Configuration, slot: Slot, isResume: Bool, seed: UInt32, changes: [Change] = [],
      adoption: Int? = nil
    ) {
      self.attempt = attempt
      self.configuration = configuration
      self.slot = slot
      self.isResume = isResume
      self.seed = seed
      self.changes = changes
      self.adoption = adoption
    }
  }
}

/// Something a runner saw, numbered by its source so that it is taken once even when it is told twice.
public struct RunnerEvent: Hashable, Sendable {
  /// Who saw it: an agent's name. Numbers count within a source.
  public let source: String
  /// From 1, ascending; 0 for what is not kept (offers of slots).
  public let sequence: Int
  /// What happened.
  public let kind: Event.Kind

  /// Something seen.
  public init(source: String, sequence: Int, _ kind: Event.Kind) {
    self.source = source
    self.sequence = sequence
    self.kind = kind
  }
}

/// Runs attempts somewhere. Orders are idempotent: an attempt that was already started is not started again.
public protocol Runner: Sendable {
  /// Connects, offers slots, and tells from then on what happens; first of all what happened after the acknowledged numbers.
  /// - Parameters:
  ///   - acknowledged: for each source, the number up to which everything is in the journal.
  ///   - running: the attempts that the journal knows to have been started and not to have ended, with their slots. One that no agent knows ends as `lost`.
  func open(acknowledged: [String: Int], running: [AttemptID: Slot]) async throws -> AsyncStream<RunnerEvent>
  /// Carries out an order; what comes of it is told as events.
  func perform(_ order: Order) async
  /// Everything up to `sequence` is in the journal; the source may forget it.
  func acknowledge(_ source: String, through sequence: Int) async
  /// Ends what still runs, gives the slots back, and returns when nothing is left. Without `open`, it ends what a controller before has left.
  func close() async
}
