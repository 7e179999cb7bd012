import AttuneWire

/// One rank's side of a group: what it has promised, what was decided, what it has done.
///
/// A promise is the step that the rank does not complete before it knows the decision. It is made under the lock that also guards the
/// completing of steps, so that the leader, who waits for every rank's promise, can choose a step that lies ahead of all of them.
struct GroupMember {
  /// What an acknowledgement binds the rank to.
  private struct Promise {
    let proposal: Int
    /// The step that was acknowledged.
    let step: Int
    /// The first step that may not be completed.
    let limit: Int
  }

  static let rememberedLimit = 10_000

  /// Steps between an acknowledged one and the first that may not be completed.
  var margin: Int
  private var promise: Promise?
  /// Decided, and not yet made; in the order of the decisions.
  private var waiting: [GroupChange] = []
  /// The steps at which the last decisions were made, so that one told twice is not made twice.
  private var applied: [Int: Int] = [:]

  init(margin: Int) { self.margin = margin }

  /// The proposal whose decision is awaited.
  var promised: Int? { promise?.proposal }

  /// Promises to complete no step from `step + margin` on before the decision.
  ///
  /// Asked again for the same proposal, it gives the first answer: the leader may hold that one already.
  /// - Returns: the step to acknowledge.
  mutating func acknowledge(_ proposal: Int, at step: Int) -> Int {
    if let promise, promise.proposal == proposal { return promise.step }
    promise = Promise(proposal: proposal, step: step, limit: step + margin)
    return step
  }

  /// Whether the step may be completed now; otherwise its call waits for the decision.
  func mayComplete(_ step: Int) -> Bool { promise.map { step < $0.limit } ?? true }

  /// The leader has decided for the change.
  /// - Returns: the step at which it was made, when that is so already.
  mutating func commit(_ change: GroupChange) -> Int? {
    forget(change.proposal)
    if let step = applied[change.proposal] { return step }
    if !waiting.contains(where: { $0.proposal == change.proposal }) { waiting.append(change) }
    return nil
  }

  /// The leader has decided against it.
  mutating func forget(_ proposal: Int) {
    if promise?.proposal == proposal { promise = nil }
  }

  /// A connection has begun anew, and every decision that was missed has been told: a promise for a proposal that is not open is over.
  mutating func rejoined(open: Int?) {
    if let promise, promise.proposal != open { self.promise = nil }
  }

  /// The leader's process has ended: nobody will decide.
  mutating func release() { promise = nil }

  /// Takes out what is to be made at this step: in the order of the steps, and of the decisions.
  mutating func takeDue(at step: Int) -> [GroupChange] {
    let due = waiting.filter { ($0.atStep ?? 0) <= step }
    guard !due.isEmpty else { return [] }
    waiting.removeAll { ($0.atStep ?? 0) <= step }
    for change in due { applied[change.proposal] = step }
    if applied.count > Self.rememberedLimit {
      let middle = applied.keys.sorted()[applied.count / 2]
      applied = applied.filter { $0.key >= middle }
    }
    return due.sorted { ($0.atStep ?? 0, $0.proposal) < ($1.atStep ?? 0, $1.proposal) }
  }
}
