import AttuneCore

/// What is proposed where: points to start with, and a space that is edited on the way.
///
/// What runs goes on, whatever is done to the space. A trial that was proposed and not started, and is not of the space any more, is proposed
/// again under its number, if no trial with a higher number is there yet; else it runs.
extension ExperimentMachine {
  /// Who proposes the points to start with.
  public static let starter = "start_with"

  /// What a proposer sees: the trials before the one that is awaited, twins left out.
  public var historyForProposal: History { (isReplacing ? history.withoutLast : history).withoutTwins }

  /// The next point to start with, as far as it is given: one whose values the space still allows.
  public var nextStart: Configuration? { nextStartIndex.map { history.space.normalized(definition.startWith[$0]) } }

  private var nextStartIndex: Int? {
    definition.startWith.indices.dropFirst(startsTaken).first { index in
      definition.startWith[index].values.allSatisfy { history.space[$0]?.domain.contains($1) == true }
    }
  }

  /// The awaited proposal takes the place of the last trial.
  private var isReplacing: Bool { awaited.map { $0.rawValue == history.trials.count } ?? false }

  func checkEdit(_ edit: SpaceEdit) throws(CommandError) {
    do { _ = try edit.applied(to: history.space) } catch { throw .edit(error) }
  }

  mutating func edit(_ edit: SpaceEdit) -> [Action] {
    guard (try? history.take(edit)) != nil else { return [] }
    (isExhausted, exhaustion) = (false, nil)
    additions.removeAll { (try? history.space.validate($0.configuration)) == nil }
    guard let last = history.trials.last, queue.contains(last.id), last.attempts.isEmpty, last.origin == nil, awaited == nil,
      [definition.proposer.name, Self.starter].contains(last.proposer), (try? history.space.validate(last.configuration)) == nil
    else { return [] }
    queue.removeAll { $0 == last.id }
    awaited = last.id
    return [.propose(last.id)]
  }

  /// Whether a proposal that has come becomes a trial. What it replaces makes room.
  mutating func accepts(proposalBy proposer: String) -> Bool {
    let replaced = awaited.flatMap { history.trial($0)?.id }
    guard closing == nil, outcome == nil else {
      // One that comes when the end has begun is dropped; should the experiment go on, the same one is made again.
      awaited = replaced
      return false
    }
    defer { awaited = nil }
    guard replaced == nil || isReplacing else {
      // A twin has come in between, and the number cannot be taken back.
      replaced.map { queue.append($0) }
      return false
    }
    if proposer == Self.starter, let index = nextStartIndex { startsTaken = index + 1 }
    if isReplacing { history.removeLast() }
    return true
  }

  /// Nothing takes the place of the trial that was to be replaced.
  mutating func dropReplaced() {
    guard let awaited, history.trial(awaited) != nil else { return }
    history[awaited].state = .stopped
    history[awaited].reason = "left the search space before it was started"
    touched.insert(awaited)
  }
}
