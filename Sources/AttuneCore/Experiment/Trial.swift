/// One configuration and what became of it. Only the machine changes it.
public struct Trial: Hashable, Sendable {
  /// Where a trial stands.
  public enum State: String, Sendable, Codable, CaseIterable {
    /// Has no process and wants one.
    case waiting
    case running
    /// Was taken off its slot, or left it at a checkpoint (exit status 75), and is to go on.
    case suspended
    case completed
    /// Ended early by the scheduler, a person or the experiment's end.
    case stopped
    case failed

    /// Whether nothing more will happen to it.
    public var isFinal: Bool { self == .completed || self == .stopped || self == .failed }
  }

  /// Its number.
  public let id: TrialID
  /// What it was started with.
  public let configuration: Configuration
  /// Who proposed it: a proposer's name or a person's.
  public let proposer: String
  /// Where it stands.
  public var state: State
  /// Its processes, in order.
  public var attempts: [Attempt]
  /// Its curve, steps ascending: a later attempt that reports a step again replaces it and what came after.
  public var reports: [Report]
  /// Live changes that took effect, in order.
  public var changes: [Change]
  /// Why it failed or was stopped; `nil` while there is nothing to say.
  public var reason: String?
  /// The step of the newest checkpoint that was seen; `nil` for none.
  public var checkpointStep: Int?
  /// Where a twin comes from; `nil` for a trial of its own.
  public var origin: Origin?
  /// Which seed of another trial's configuration this one runs; `nil` for a trial of its own.
  public var replica: Replica?
  /// The trial whose checkpoint this one was to begin with, as its proposer wished; `nil` for none.
  public let parent: TrialID?
  /// Whether it was given a copy of its parent's checkpoint.
  public var hasInherited = false
  /// What its proposer said of it, see `Proposal.note`.
  public let note: String?
  /// What it took over from other trials while it lived, in order; see `Trial+Adoption.swift`.
  public internal(set) var adoptions: [Adoption] = []
  /// What its state had lived through in other trials, the oldest first.
  public internal(set) var past: [Stretch] = []
  /// The number of the copy that is to take the place of its checkpoint when it is started next; `nil` for none.
  public var nextCheckpoint: Int?
  /// How often the trial that it adopted something from last had adopted something itself by then.
  var donorAge = 0
  /// How many of its changes belong to a life that it gave up.
  var changesGivenUp = 0
  /// Whether it has not reported since it last adopted something.
  public internal(set) var hasFreshAdoption = false

  /// The trial that a twin was forked from, and where.
  public struct Origin: Hashable, Sendable, Codable {
    /// The trial it shares its past with.
    public let trial: TrialID
    /// The step of the checkpoint it goes on from; 0 from the start.
    public var step: Int
    /// The numbers of the trial's changes that the twin shares.
    public var kept: [Int]
    /// The numbers of those that it leaves out, as far as they had taken effect at the fork.
    public var leftOut: [Int]

    /// That trial, from that step on.
    public init(trial: TrialID, step: Int, kept: [Int] = [], leftOut: [Int] = []) {
      self.trial = trial
      self.step = step
      self.kept = kept
      self.leftOut = leftOut
    }
  }

  /// The same trial under another number, and its parent's.
  func numbered(_ id: TrialID, parent: TrialID?) -> Trial {
    var trial = Trial(id: id, configuration: configuration, proposer: proposer, parent: parent, note: note)
    trial.state = state
    trial.attempts = attempts
    trial.reports = reports
    trial.changes = changes
    trial.reason = reason
    trial.hasInherited = hasInherited
    trial.adoptions = adoptions
    trial.changesGivenUp = changesGivenUp
    return trial
  }

  /// The configuration of another trial with another seed.
  public struct Replica: Hashable, Sendable, Codable {
    /// What it is run for.
    public enum Phase: String, Sendable, Codable, CaseIterable {
      /// Its value is part of its configuration's.
      case tune
      /// Its value says how good the configuration is that was found: nothing is chosen by it.
      case test
    }

    /// The trial that was proposed.
    public let trial: TrialID
    /// What it is run for.
    public let phase: Phase
    /// Which seed of that phase, from 1; the proposed trial itself is the first of `tune`.
    public let seed: Int

    /// That seed for that trial.
    public init(of trial: TrialID, _ phase: Phase, seed: Int) {
      self.trial = trial
      self.phase = phase
      self.seed = seed
    }
  }

  /// A trial that waits for its first slot.
  public init(id: TrialID, configuration: Configuration, proposer: String, parent: TrialID? = nil, note: String? = nil) {
    self.id = id
    self.configuration = configuration
    self.proposer = proposer
    self.parent = parent
    self.note = note
    state = .waiting
    attempts = []
    reports = []
    changes = []
  }
}

/// One process run for a trial.
public struct Attempt: Hashable, Sendable {
  /// Where it runs or ran; another one after it was suspended by a signal.
  public var slot: Slot
  /// Which one.
  public let id: AttemptID
  /// Whether the agent has said that the process runs.
  public var isStarted: Bool
  /// Whether it has reported a step.
  public var hasReported: Bool
  /// Why it has been asked to end; `nil` when it has not.
  public var stopRequest: StopReason?
  /// How it ended; `nil` while it has not.
  public var ending: Ending?
  /// What its process measured of itself.
  public var cost = AttemptCost()

  /// An attempt that has been ordered.
  public init(id: AttemptID, slot: Slot) {
    self.id = id
    self.slot = slot
    isStarted = false
    hasReported = false
  }
}

/// Why the machine asks an attempt to end.
public enum StopReason: Hashable, Sendable, Codable {
  /// It has done all its steps.
  case stepLimit
  /// The scheduler gave up on it.
  case scheduler
  /// A person asked for this trial to stop.
  case person(String)
  /// It reached the experiment's target.
  case target
  /// The experiment is over; its result counts as it stands.
  case experimentOver
  /// The controller leaves; the trial will be started again by `resume`.
  case interruption
  /// It is to begin again, with another trial's checkpoint and other values.
  case adoption
}

/// How an attempt ended.
public struct Ending: Hashable, Sendable, Codable {
  /// The cause.
  public enum Cause: Hashable, Sendable, Codable {
    case exited(status: Int)
    case signalled(signal: Int)
    /// It ran longer than `limits.trial_time` and was ended.
    case timeLimit
    /// It could not be started.
    case notStarted(message: String)
    /// Its agent, or the process that watched it, is gone, and what became of it is not known.
    case lost
    /// A program outside, which asked for the trial, told that it failed, with its reason.
    case outside(message: String)
  }

  /// The cause.
  public let cause: Cause
  /// Seconds from start to end, without those that it was stopped by a signal.
  public let seconds: Double
  /// The last lines it printed, for a person.
  public let tail: String
  /// What its process measured of itself; `nil` when it measured nothing.
  public let cost: AttemptCost?
  /// What suspending it took, where it ended because it was asked to; `nil` for every other end.
  public let suspension: Suspension?
  // Not written when false, so that journals of before this was known read alike.
  private let checkpoint: Bool?

  /// Whether the trial's checkpoint directory had changed since the last report.
  public var hasCheckpoint: Bool { checkpoint == true }

  /// An ending.
  public init(
    cause: Cause, seconds: Double = 0, tail: String = "", cost: AttemptCost? = nil, hasCheckpoint: Bool = false,
    suspension: Suspension? = nil
  ) {
    self.cause = cause
    self.seconds = seconds
    self.tail = tail
    self.cost = cost
    self.suspension = suspension
    checkpoint = hasCheckpoint ? true : nil
  }
}

extension Ending.Cause: CustomStringConvertible {
  /// `exit status 1`, `ended by signal 9`, …
  public var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .signalled(let signal): "ended by signal \(signal)"
    case .timeLimit: "ran longer than limits.trial_time"
    case .notStarted(let message): message
    case .lost: "lost with its agent"
    case .outside(let message): message
    }
  }
}
