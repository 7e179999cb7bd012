import AttuneCore

/// A trial that has a number and waits for what it is to begin with.
struct PendingInheritance: Hashable, Sendable {
  /// Whose checkpoint is copied.
  let source: TrialID
  let role: CheckpointRole
}

/// How a child comes to its parent's checkpoint: a copy is ordered before it is started, and a slot is kept for it meanwhile.
///
/// A parent without a checkpoint is no error: the child then starts without, as it does when its parent has failed.
extension ExperimentMachine {
  /// The trial whose checkpoint a new trial is to begin with; `nil` when it wants none, or there can be none.
  func parentOf(_ id: TrialID) -> TrialID? {
    guard let parent = history[id].parent, parent < id, let trial = history.trial(parent), trial.state != .failed else { return nil }
    return parent
  }

  mutating func inherit(_ id: TrialID, from source: TrialID, as role: CheckpointRole) -> Action {
    heirs[id] = PendingInheritance(source: source, role: role)
    return .copyCheckpoint(of: source, to: id, as: role)
  }

  /// The copy is made, or there is none.
  mutating func inherited(_ id: TrialID, _ problem: String?) {
    guard let heir = heirs.removeValue(forKey: id) else { return }
    touched.insert(id)
    history[id].hasInherited = problem == nil
    guard let problem, heir.role == .inherited else { return queue.insert(id, at: heir.role == .inherited ? 0 : queue.endIndex) }
    // A twin that began otherwise than its trial would compare two things at once.
    history[id].state = .failed
    history[id].reason = problem
  }

  /// Orders without an answer, for a new controller.
  var inheritancesUnderWay: [Action] {
    heirs.sorted { $0.key < $1.key }.map { .copyCheckpoint(of: $0.value.source, to: $0.key, as: $0.value.role) }
  }
}
