import Synchronization

/// A button that people and rules can press while the program runs.
///
/// ```swift
/// let save = LiveTrigger("save")
/// if save.fired() { writeCheckpoint() }
/// ```
///
/// Asking is one atomic load. Pressed twice before the program asks, it has fired once; both presses are recorded.
public final class LiveTrigger: Sendable {
  /// Its name, unique among the program's triggers.
  public let tag: String
  @usableFromInline let cell: TriggerCell
  private let registry: LiveRegistry

  /// Declares a trigger. Two of the same tag are the same button.
  public init(_ tag: String, registry: LiveRegistry = .shared) {
    self.tag = tag
    self.registry = registry
    cell = registry.declareTrigger(tag)
  }

  /// Whether it was fired since the last time this was asked; asking consumes it.
  @inlinable public func fired() -> Bool {
    guard _slowPath(cell.isFired.load(ordering: .relaxed)) else { return false }
    return consume()
  }

  @usableFromInline func consume() -> Bool {
    guard cell.isFired.exchange(false, ordering: .acquiring) else { return false }
    registry.consumed(trigger: tag)
    return true
  }
}

@usableFromInline final class TriggerCell: Sendable {
  @usableFromInline let isFired = Atomic<Bool>(false)
}
