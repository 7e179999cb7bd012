import AttuneCore

/// What became of one simulated experiment.
public struct SimulatedRun: Sendable {
  /// A value better than all before it.
  public struct Improvement: Hashable, Sendable {
    /// On the virtual clock.
    public let seconds: Double
    /// The objective's metric.
    public let value: Double
  }

  /// What the slots' time went into, in seconds of one slot.
  public struct MachineTime: Hashable, Sendable {
    /// Steps that were reported, those reported again included.
    public var steps = 0.0
    /// Steps that nobody heard of: cut off by a suspension, a failure, a stop, or the end.
    public var lost = 0.0
    /// Giving up slots.
    public var suspending = 0.0
    /// Loading checkpoints.
    public var resuming = 0.0

    /// All of it.
    public var total: Double { steps + lost + suspending + resuming }
  }

  /// Who holds the slots from some moment on.
  public struct Allocation: Hashable, Sendable {
    /// On the virtual clock.
    public let seconds: Double
    /// Slots of trials that the scheduler calls promising.
    public let promising: Int
    /// Slots of the other trials.
    public let others: Int
  }

  /// What became of one trial.
  public struct TrialRun: Hashable, Sendable {
    /// Its configuration's place in the workload.
    public let configuration: Int
    /// How it ended.
    public internal(set) var state = Trial.State.waiting
    /// Seconds that it held slots.
    public internal(set) var seconds = 0.0
    /// Reports it made, those made again included.
    public internal(set) var reports = 0
    /// How often it gave up its slot.
    public internal(set) var suspensions = 0
    /// How often its process died.
    public internal(set) var failures = 0
  }

  /// What chose among the trials: the scheduler's word, with its options.
  public let scheduler: String
  /// Which repeat, from 0.
  public let repetition: Int
  /// How the experiment ended; `nil` when nothing could happen any more although it had not ended.
  public internal(set) var outcome: Outcome?
  /// When it ended, on the virtual clock.
  public internal(set) var seconds = 0.0
  /// When the target was reached first; `nil` when it was not, or there was none.
  public internal(set) var timeToTarget: Double?
  /// The best value over time.
  public internal(set) var improvements: [Improvement] = []
  /// What the slots' time went into.
  public internal(set) var machineTime = MachineTime()
  /// By number: those that were proposed.
  public internal(set) var trials: [TrialRun] = []
  /// Who held the slots, from change to change; empty where the scheduler does not say what it thinks of trials.
  public internal(set) var allocation: [Allocation] = []
  /// Predictions that were made.
  public internal(set) var predictions = 0
  /// Events that the machine took in.
  public internal(set) var events = 0

  init(scheduler: String, repetition: Int) {
    self.scheduler = scheduler
    self.repetition = repetition
  }

  /// How often a trial gave up its slot.
  public var suspensions: Int { trials.reduce(0) { $0 + $1.suspensions } }
  /// How often a process died.
  public var failures: Int { trials.reduce(0) { $0 + $1.failures } }
  /// The best value; `nil` when nothing was reported that is a number.
  public var best: Double? { improvements.last?.value }

  /// The part of the time of slots in use that promising trials had; `nil` where the scheduler does not say what it thinks of trials.
  public var promisingShare: Double? {
    guard !allocation.isEmpty else { return nil }
    var (promising, all) = (0.0, 0.0)
    for (index, entry) in allocation.enumerated() {
      let end = index + 1 < allocation.count ? allocation[index + 1].seconds : seconds
      promising += Double(entry.promising) * (end - entry.seconds)
      all += Double(entry.promising + entry.others) * (end - entry.seconds)
    }
    return all > 0 ? promising / all : nil
  }

  /// The average over time, from the start to `seconds`, of the best value so far.
  /// - Parameters:
  ///   - budget: seconds, above 0. What was found stays found when the experiment ends earlier.
  ///   - floor: what counts before the first value.
  public func meanBest(until budget: Double, floor: Double) -> Double {
    var (area, value, from) = (0.0, floor, 0.0)
    for improvement in improvements where improvement.seconds < budget {
      area += value * (improvement.seconds - from)
      (value, from) = (improvement.value, improvement.seconds)
    }
    return (area + value * (budget - from)) / budget
  }
}
