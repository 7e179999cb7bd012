import AttuneCore

/// What is proposed where: points to start with, and a space that is edited on the way.
///
/// What runs goes on, whatever is done to the space. A trial that was proposed and not started, and is not of the space any more, is proposed
/// again under its number, if no trial with a higher number is there yet and nothing was inherited for it; else it runs.
extension ExperimentMachine {
  /// Who proposes the points to start with.
  public static let starter = "start_with"

  /// What a proposer sees: the trials before the one that is awaited, twins left out and seeds together.
  public var historyForProposal: History {
    let seen = replaced.map { history.before($0) } ?? history
    return twinCount == 0 && definition.seeds == nil ? seen : seen.forProposers
  }

  /// The next point to start with, as far as it is given: one whose values the space still allows.
  public var nextStart: Configuration? { nextStartIndex.map { history.space.normalized(definition.startWith[$0]) } }

  private var nextStartIndex: Int? {
    definition.startWith.indices.dropFirst(startsTaken).first { index in
      definition.startWith[index].values.allSatisfy { history.space[$0]?.domain.contains($1) == true }
    }
  }

  /// The trial whose place the awaited proposal takes, with its replicas; `nil` for a new one.
  private var replaced: TrialID? { awaited.flatMap { $0 == lastProposed ? $0 : nil } }

  /// The trial that was proposed last, if nothing but its own replicas is behind it.
  private var lastProposed: TrialID? {
    guard let last = history.trials.last else { return nil }
    return last.replica.map { $0.phase == .tune ? $0.trial : last.id } ?? last.id
  }

  func checkEdit(_ edit: SpaceEdit) throws(CommandError) {
    do { _ = try edit.applied(to: history.space) } catch { throw .edit(error) }
  }

  mutating func edit(_ edit: SpaceEdit) -> [Action] {
    guard (try? history.take(edit)) != nil else { return [] }
    (isExhausted, exhaustion) = (false, nil)
    additions.removeAll { (try? history.space.validate($0.configuration)) == nil }
    guard let last = lastProposed, history[last].isProposal, history[last].parent == nil, awaited == nil,
      [definition.proposer.name, Self.starter].contains(history[last].proposer),
      (try? history.space.validate(history[last].configuration)) == nil
    else { return [] }
    let replicas = history.replicas(of: last)
    guard replicas.allSatisfy({ queue.contains($0.id) && $0.attempts.isEmpty }) else { return [] }
    queue.removeAll { id in replicas.contains { $0.id == id } }
    awaited = last
    return [.propose(last)]
  }

  /// Whether a proposal that has come becomes a trial. What it replaces makes room.
  mutating func accepts(proposalBy proposer: String) -> Bool {
    let old = awaited.flatMap { history.trial($0)?.id }
    guard closing == nil, outcome == nil, testing == nil else {
      // One that comes when the end has begun is dropped; should the experiment go on, the same one is made again.
      awaited = old
      return false
    }
    defer { awaited = nil }
    guard old == nil || replaced != nil else {
      // A twin has come in between, and the number cannot be taken back.
      if let old { queue += history.replicas(of: old).map(\.id) }
      return false
    }
    if proposer == Self.starter, let index = nextStartIndex { startsTaken = index + 1 }
    if let replaced {
      replicaCount -= history.trials.count - replaced.rawValue
      history.removeAll(from: replaced)
    }
    return true
  }

  /// Nothing takes the place of the trial that was to be replaced.
  mutating func dropReplaced() {
    guard let awaited, history.trial(awaited) != nil else { return }
    for trial in history.replicas(of: awaited) {
      history[trial.id].state = .stopped
      history[trial.id].reason = "left the search space before it was started"
      touched.insert(trial.id)
    }
  }
}
