import AttuneCore

/// How long an experiment has been active: the time between events, but not the time between a controller's last event and the
/// next controller's first.
struct Activity: Hashable, Sendable {
  private(set) var seconds = 0.0
  private(set) var last: Timestamp?

  /// A clock set back adds nothing.
  mutating func advance(to time: Timestamp, isOpening: Bool) {
    if let last, !isOpening { seconds += max(0, time - last) }
    last = time
  }
}
