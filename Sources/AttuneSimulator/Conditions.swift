/// The world that trials are played in: how many slots there are, what things cost, and what goes wrong.
///
/// All costs are seconds of the virtual clock.
public struct Conditions: Hashable, Sendable {
  /// What a program does when it is asked to give up its slot.
  public enum Yielding: String, Hashable, Sendable, CaseIterable {
    /// It goes at once, and what it has done of the step under way is lost.
    case atOnce = "at-once"
    /// It finishes the step under way, and reports it.
    case afterStep = "after-step"
  }

  /// Trials that run at a time.
  public var slots = 1
  /// Steps of a trial; `nil` for as many as the longest curve has.
  public var steps: Int?
  /// Seconds after which the experiment ends; `nil` for never.
  public var timeLimit: Double?
  /// Whether the experiment goes on when the target has been reached.
  public var goesOn = false
  /// Whether schedulers can suspend trials at all.
  public var canSuspend = true
  /// When a program gives up its slot.
  public var yielding = Yielding.atOnce
  /// Seconds that a slot stays busy after its trial was asked to give it up.
  public var suspendCost = 0.0
  /// Seconds from the start of a trial that goes on to the beginning of its first step.
  public var resumeCost = 0.0
  /// Seconds a prediction takes. Predictions are made one after another, beside the training.
  public var predictionCost = 0.0
  /// The probability that a process dies during a step.
  public var failureRate = 0.0
  /// Reports between the checkpoints that a trial saves unasked; `nil` for never: then one that failed begins again where it was
  /// suspended last, or at the start.
  public var checkpointEvery: Int?
  /// How often a trial that failed is started again.
  public var retries = 3

  /// One slot, and nothing costs anything.
  public init() {}

  /// - Throws: `SimulationError.refused` for the first number that is not allowed.
  func check() throws(SimulationError) {
    try Self.check("slots", slots, in: 1...1_000_000)
    if let steps { try Self.check("steps", steps, in: 1...Int.max) }
    try Self.check("retries", retries, in: 0...Int.max)
    if let checkpointEvery { try Self.check("reports between checkpoints", checkpointEvery, in: 1...Int.max) }
    for (what, cost) in [("suspend cost", suspendCost), ("resume cost", resumeCost), ("prediction cost", predictionCost)]
    where !(cost >= 0 && cost.isFinite) {
      throw .refused(what: what, value: "\(cost)", allowed: "seconds, 0 or more")
    }
    if let timeLimit, !(timeLimit > 0) { throw .refused(what: "time limit", value: "\(timeLimit)", allowed: "seconds above 0") }
    guard failureRate >= 0, failureRate < 1 else {
      throw .refused(what: "failures", value: "\(failureRate)", allowed: "a probability for each step, 0 or more and below 1")
    }
  }

  private static func check(_ what: String, _ value: Int, in allowed: ClosedRange<Int>) throws(SimulationError) {
    guard !allowed.contains(value) else { return }
    let words = allowed.upperBound == .max ? "\(allowed.lowerBound) or more" : "\(allowed.lowerBound)...\(allowed.upperBound)"
    throw .refused(what: what, value: "\(value)", allowed: words)
  }
}
