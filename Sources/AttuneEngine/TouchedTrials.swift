import AttuneCore

/// Trials that changed, noted at every event: mostly the same one again.
struct TouchedTrials: Sendable {
  private var ids: [TrialID] = []
  /// When there are as many, doubles are taken out.
  private var limit = 64

  /// Each once, in order.
  var sorted: [TrialID] { Set(ids).sorted() }

  mutating func insert(_ id: TrialID) {
    guard ids.last != id else { return }
    if ids.count == limit {
      ids = sorted
      limit = max(64, 2 * ids.count)
    }
    ids.append(id)
  }

  mutating func removeAll() { ids.removeAll(keepingCapacity: true) }
}
