/// What the machine wants done. Carried out only after the event that caused it is in the journal; every one can be carried out
/// twice without harm, so that a resumed controller repeats those it has no answer for.
public enum Action: Hashable, Sendable {
  /// Ask the proposer for the configuration of this trial; the answer is `Event.Kind.proposed`.
  case propose(TrialID)
  /// Run an attempt in a slot.
  case start(AttemptID, Slot)
  /// Ask an attempt to end, and kill it after the grace period.
  case stop(AttemptID)
  /// Take the attempt off its slot from outside, by a signal or a snapshot; the answer is `suspended`, `attemptEnded` with exit status 75,
  /// or `suspendFailed`.
  case suspend(AttemptID)
  /// Let a suspended attempt go on, in a slot of its agent; the answer is `resumed`.
  case resume(AttemptID, Slot)
  /// Hand a change to the attempt's program; the answer is `changed` or `refused`.
  case change(AttemptID, ChangeRequest)
  /// Give a twin, a child or a trial that is to adopt it a copy of the trial's checkpoint; the answer is `Event.Kind.checkpointCopied`.
  case copyCheckpoint(of: TrialID, to: TrialID, as: CheckpointRole)
  /// Predict a curve, beside what else happens; the answer is `Event.Kind.predicted`.
  case predict(CurveRequest)
  /// Send `tick` at that time.
  case wake(at: Timestamp)
  /// The experiment is over, or interrupted; nothing runs any more.
  case finish(Outcome)
}

/// How an experiment's run ended.
public enum Outcome: Hashable, Sendable, Codable {
  case trialsDone
  /// There is nothing more to try.
  case exhausted(note: String)
  case targetReached(TrialID)
  case timeLimit
  /// A person stopped it.
  case stopped(by: String)
  /// The controller left; `resume` goes on.
  case interrupted
  /// It makes no sense to go on, e.g. every trial fails at the start.
  case failed(message: String)
}

extension Outcome: CustomStringConvertible {
  /// For a person.
  public var description: String {
    switch self {
    case .trialsDone: "all trials are done"
    case .exhausted(let note): note
    case .targetReached(let trial): "trial \(trial) reached the target"
    case .timeLimit: "the time limit is reached"
    case .stopped(let who): "stopped by \(who)"
    case .interrupted: "interrupted"
    case .failed(let message): message
    }
  }
}
