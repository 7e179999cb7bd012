/// The tags that Attune gives a meaning. A program declares no other that begins with `attune.`.
public enum ReservedTag: String, CaseIterable, Hashable, Sendable {
  /// Hold the program at its next step. The library's own: every program has it, none declares it.
  case pause = "attune.pause"
  /// Let it go on. The library's own.
  case resume = "attune.resume"
  /// Save into `ATTUNE_CHECKPOINT` and exit with 75.
  case suspend = "attune.suspend"
  /// Save into `ATTUNE_CHECKPOINT` and go on.
  case checkpoint = "attune.checkpoint"
  /// Evaluate now.
  case evaluate = "attune.evaluate"
  /// Load the checkpoint that the payload names, and take over its values at the same moment.
  case load = "attune.load"

  /// Whether programs declare it, as any trigger.
  public var isDeclaredByPrograms: Bool { self != .pause && self != .resume }

  /// Whether a tag is kept for Attune.
  public static func isReserved(_ tag: String) -> Bool { tag.hasPrefix("attune.") }
}
