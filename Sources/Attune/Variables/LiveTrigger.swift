import AttuneValues
import AttuneWire
import Synchronization

/// A button that people and rules can press while the program runs.
///
/// ```swift
/// let save = LiveTrigger("save")
/// if save.fired() { writeCheckpoint() }
/// ```
///
/// Asking is one atomic load. Pressed twice before the program asks, it has fired once; a `counted` one has fired twice. Both presses
/// are recorded either way. Ask once a step, after `report` or `step(_:)`: then a replay finds the firings where they were.
public final class LiveTrigger: Sendable {
  /// Save into `ATTUNE_CHECKPOINT` and exit with 75, to be resumed anywhere: `attune.suspend`.
  public static let suspend = LiveTrigger(ReservedTag.suspend.rawValue)
  /// Save into `ATTUNE_CHECKPOINT` and go on: `attune.checkpoint`.
  public static let checkpoint = LiveTrigger(ReservedTag.checkpoint.rawValue)
  /// Evaluate now: `attune.evaluate`.
  public static let evaluate = LiveTrigger(ReservedTag.evaluate.rawValue)
  /// Load the checkpoint in the directory `payload["checkpoint"]`, save it as your own, tell its step and go on: `attune.load`. Variables that
  /// `payload["values"]` names have their new values when the trigger is consumed.
  public static let load = LiveTrigger(ReservedTag.load.rawValue)

  /// Its name, unique among the program's triggers.
  public let tag: String
  @usableFromInline let cell: TriggerCell
  private let registry: LiveRegistry

  /// Declares a trigger. Two of the same tag are the same button.
  /// - Parameters:
  ///   - tag: its name. Of those that begin with `attune.`, a program declares `suspend`, `checkpoint`, `evaluate` and `load` only.
  ///   - counted: whether each press is consumed by itself, the oldest first.
  ///   - registry: where it is declared.
  public init(_ tag: String, counted: Bool = false, registry: LiveRegistry = .shared) {
    self.tag = tag
    self.registry = registry
    cell = registry.declareTrigger(tag, isCounted: counted)
  }

  /// Whether it was fired since the last time this was asked; asking consumes it.
  @inlinable public func fired() -> Bool {
    guard _slowPath(cell.isFired.load(ordering: .relaxed)) else { return false }
    return consume() != nil
  }

  /// What it was fired with since the last time this was asked; asking consumes it. Of several presses that count as one, the last.
  /// - Returns: `nil` when it was not fired.
  @inlinable public func take() -> LiveFiring? {
    guard _slowPath(cell.isFired.load(ordering: .relaxed)) else { return nil }
    return consume()
  }

  @usableFromInline func consume() -> LiveFiring? {
    registry.consume(trigger: tag).last.map { change in
      LiveFiring(payload: change.payload, by: change.by, reason: change.reason, number: change.number)
    }
  }
}

/// A press of a trigger that the program has consumed.
public struct LiveFiring: Hashable, Sendable {
  /// What was sent with it; `nil` for nothing.
  public let payload: JSON?
  /// Who pressed it.
  public let by: String
  /// Why, if it was said.
  public let reason: String?
  /// The number of the request; 0 when a schedule fired it.
  public let number: Int
}

@usableFromInline final class TriggerCell: Sendable {
  @usableFromInline let isFired = Atomic<Bool>(false)
}
