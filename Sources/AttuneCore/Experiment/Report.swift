/// What a trial said of itself after a step.
public struct Report: Hashable, Sendable, Codable {
  /// Completed steps (epochs, batches, rounds: whatever the script counts), from 1.
  public let step: Int
  /// By name. Values may be nan or infinite: a diverged run says so.
  public let metrics: [String: Double]
  /// Seconds since the attempt started.
  public let elapsed: Double

  /// - Precondition: `step >= 1`; sources of reports check it at the border.
  public init(step: Int, metrics: [String: Double], elapsed: Double) {
    precondition(step >= 1, "step counts completed steps, from 1; got \(step)")
    self.step = step
    self.metrics = metrics
    self.elapsed = elapsed
  }
}
