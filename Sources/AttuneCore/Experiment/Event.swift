import AttuneValues

/// Something that happened: a line of the journal. Folding the journal gives the experiment's state.
public struct Event: Hashable, Sendable, Codable {
  /// When the controller learnt of it.
  public let time: Timestamp
  /// What happened.
  public let kind: Kind

  /// What happened, at that time.
  public init(time: Timestamp, _ kind: Kind) {
    self.time = time
    self.kind = kind
  }

  /// What can happen.
  public enum Kind: Hashable, Sendable, Codable {
    /// A controller took charge: at the start and at every resume.
    case opened
    case slotOffered(Slot)
    case slotLost(Slot)
    /// The proposer's answer to `Action.propose`; no configuration means that there is no more, and the note why. Parent and note: see
    /// `Proposal`.
    case proposed(configuration: Configuration?, by: String, parent: TrialID? = nil, note: String? = nil)
    /// The proposer could not answer.
    case proposalFailed(message: String)
    case attemptStarted(AttemptID)
    case reported(AttemptID, Report)
    case attemptEnded(AttemptID, Ending)
    /// The attempt's processes are stopped and keep their memory; its slot is free.
    case suspended(AttemptID, Suspension)
    /// The attempt could not be suspended and runs on.
    case suspendFailed(AttemptID, message: String)
    /// The answer to `Action.resume`.
    case resumed(AttemptID)
    case changed(AttemptID, Change)
    /// The program refused a change, or could not be reached.
    case refused(AttemptID, number: Int, message: String)
    /// The answer to `Action.copyCheckpoint`, for a twin, a child or, with its number, an adoption; a problem when there is no copy.
    case checkpointCopied(twin: TrialID, problem: String?, adoption: Int? = nil)
    /// The answer to `Action.predict`, for the curve as it was at that step; `nil` when it allows no prediction.
    case predicted(TrialID, at: Int, CurvePrediction?)
    case commanded(Command, by: String)
    /// A moment asked for by `Action.wake` has come.
    case tick
  }
}

/// What a person or a rule can tell an experiment.
public enum Command: Hashable, Sendable, Codable {
  /// Start nothing more, end what runs, finish. The trials keep what they reached.
  case stop
  /// The controller leaves: end what runs, to be started again by `resume`.
  case interrupt
  case stopTrial(TrialID)
  /// Take a trial off its slot until a person lets it go on.
  case suspendTrial(TrialID)
  /// Let a trial go on that a person has suspended.
  case resumeTrial(TrialID)
  /// Change a trial's live values, or fire its trigger.
  case change(trial: TrialID, wish: ChangeRequest.Wish, atStep: Int?, reason: String?)
  /// Try a configuration of one's own.
  case add(Configuration)
  /// Search another space from now on.
  case edit(SpaceEdit)
  /// Run a twin of a trial beside it: without the change of that number and later ones, or, where none is named, without what comes.
  case fork(TrialID, from: ForkStart, before: Int?)
}

/// Where a twin begins.
public enum ForkStart: String, Hashable, Sendable, Codable {
  /// At a checkpoint that the running program is asked for now.
  case freshCheckpoint
  /// At the newest checkpoint there is.
  case lastCheckpoint
  /// At the first step.
  case beginning
}
