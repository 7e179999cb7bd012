/// What it took to take a trial off its slot, as its agent measured it.
public struct Suspension: Hashable, Sendable, Codable {
  /// How it was done.
  public let mode: SuspendMode
  /// Seconds from the order to the moment in which the slot was free.
  public let seconds: Double
  /// What is kept of the trial: the files of its checkpoint, the memory of its stopped processes, or the images of them.
  public let bytes: Int

  /// Measurements.
  public init(_ mode: SuspendMode, seconds: Double, bytes: Int) {
    self.mode = mode
    self.seconds = seconds
    self.bytes = bytes
  }
}
