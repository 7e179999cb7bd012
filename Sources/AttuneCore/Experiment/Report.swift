/// What a trial said of itself after a step.
public struct Report: Hashable, Sendable, Codable {
  /// Completed steps (epochs, batches, rounds: whatever the script counts), from 1.
  public let step: Int
  /// By name. Values may be nan or infinite: a diverged run says so.
  public let metrics: [String: Double]
  /// Seconds since the attempt started.
  public let elapsed: Double
  /// Seconds from the start of the process to this report, when it is the first of its process and the program measured it.
  public let warmup: Double?
  // Not written when false, so that journals of before this was known read alike.
  private let checkpoint: Bool?

  /// Whether the trial's checkpoint directory had changed since the report before: a checkpoint of this step, or of one before it.
  public var hasCheckpoint: Bool { checkpoint == true }

  /// - Precondition: `step >= 1`; sources of reports check it at the border.
  public init(step: Int, metrics: [String: Double], elapsed: Double, warmup: Double? = nil, hasCheckpoint: Bool = false) {
    precondition(step >= 1, "step counts completed steps, from 1; got \(step)")
    self.step = step
    self.metrics = metrics
    self.elapsed = elapsed
    self.warmup = warmup
    checkpoint = hasCheckpoint ? true : nil
  }
}
