/// What a scheduler is told of.
public enum Occasion: Hashable, Sendable {
  /// A running trial has reported; the report is the last of its `reports`.
  case reported(TrialID)
  /// The answer to `Move.predict`, for the curve as it was at that step; `nil` when there is none.
  case predicted(TrialID, at: Int, CurvePrediction?)
  /// The trial has given up its slot, as `Move.suspend` asked.
  case suspended(TrialID)
  /// The trial could not be suspended and runs on.
  case stayed(TrialID)
  /// The trial has adopted what `Move.exploit` asked for. It runs on, or, where it had to be restarted, waits among `Situation.held`.
  case adopted(TrialID)
  /// `Move.exploit` came to nothing, and the trial goes on as it was: there was no checkpoint, say.
  case notAdopted(TrialID)
  /// The trial is over: completed, stopped or failed, by whomever.
  case ended(TrialID)
}

/// What a scheduler wants done. A move that makes no sense any more, as for a trial that has ended meanwhile, is passed over.
public enum Move: Hashable, Sendable {
  /// Give a trial up, whether it runs or is suspended.
  case stop(TrialID)
  /// Take a running trial's slot away; it goes on when `next` says so. Passed over where `Situation.canSuspend` is false.
  case suspend(TrialID)
  /// Let a trial, running or suspended, go on with a copy of another one's checkpoint and with that configuration: in place where its program
  /// can (`attune.load`) and all that differs is live, else by another attempt. The answer is `adopted` or `notAdopted`.
  case exploit(TrialID, from: TrialID, with: Configuration)
  /// Predict a trial's curve beside its training. A new request replaces one that is not answered.
  case predict(CurveRequest)
}

/// What a free slot is used for.
public enum Next: Hashable, Sendable {
  /// A trial that has not run: the next that was proposed, or a new proposal.
  case fresh
  /// A suspended trial.
  case resume(TrialID)
  /// Nothing now. When nothing runs and nothing is being predicted either, what is suspended is given up and the experiment ends.
  case nothing
}

/// What a scheduler sees.
public struct Situation: Sendable {
  /// The trials so far.
  public let history: History
  /// When the experiment and its trials end.
  public let limits: Limits
  /// Seconds that the experiment has been active.
  public let seconds: Double
  /// Slots that are offered, free or not.
  public let slots: Int
  /// Trials that were suspended by the scheduler and can go on in the slot that is free; all of them where no slot is asked about.
  public let held: Set<TrialID>
  /// Whether a trial that has not run can be had.
  public let canStartFresh: Bool
  /// Whether the experiment can suspend trials at all.
  public let canSuspend: Bool
  /// The experiment's seed, for counter-based random numbers.
  public let seed: UInt64

  /// A situation.
  public init(
    history: History, limits: Limits = Limits(), seconds: Double = 0, slots: Int = 1, held: Set<TrialID> = [], canStartFresh: Bool = true,
    canSuspend: Bool = false, seed: UInt64 = 0
  ) {
    self.history = history
    self.limits = limits
    self.seconds = seconds
    self.slots = slots
    self.held = held
    self.canStartFresh = canStartFresh
    self.canSuspend = canSuspend
    self.seed = seed
  }
}

/// Decides which trials hold the slots.
///
/// It is told what happens and answers with moves; and it is asked what a free slot is for. Where configurations run with several seeds,
/// each seed has a scheduler of its own, which is told of that seed's trials only, so that configurations are compared and not seeds.
///
/// A pure value: it reads no clock and draws no random numbers but counter-based ones, because folding the journal asks it again. Time
/// comes in as `Situation.seconds` and as `Report.elapsed`.
public protocol Scheduler: Sendable {
  /// Something happened.
  mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move]
  /// A slot is free, and no trial waits to be started again.
  mutating func next(in situation: Situation) -> Next
  /// What answers its `Move.predict`, in its initial state; `nil` when it never asks.
  var predictor: (any CurvePredictor)? { get }
}

extension Scheduler {
  /// New trials first, then those that were suspended, in the order of their numbers.
  public mutating func next(in situation: Situation) -> Next {
    if situation.canStartFresh { return .fresh }
    return situation.held.min().map { .resume($0) } ?? .nothing
  }

  /// None.
  public var predictor: (any CurvePredictor)? { nil }
}
