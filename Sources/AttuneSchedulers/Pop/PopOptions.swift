import AttuneCore

/// What can be set about POP.
public struct PopOptions: Hashable, Sendable {
  /// Steps between two decisions about a trial, at least 1.
  public var boundary = 10
  /// A trial whose best value has not passed it at a boundary is stopped, in the metric's own unit; `nil` for none.
  public var killThreshold: Double?
  /// The value to be reached, in the metric's own unit; `nil` for the objective's target.
  public var target: Double?
  /// A target that is reached becomes the best value plus so much, in the metric's own unit, at least 0; `nil` leaves it.
  public var dynamicTarget: Double?
  /// Of the metric, brought to 0 to 1; `nil` leaves values as they are.
  public var range: ClosedRange<Double>?
  /// Whether every trial makes room at every boundary, so that all come as far before one goes on.
  public var isBarrier = false
  /// A trial with less probability is stopped, 0 to 1.
  public var stopProbability = 0.05
  /// Slots desired for each promising trial, above 0.
  public var slotsPerTrial = 1.0

  /// The paper's values for supervised learning.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    boundary = try options.int("boundary", default: boundary, in: 1...1_000_000_000)
    killThreshold = try options.number("kill_threshold", in: -1e300...1e300)
    target = try options.number("target", in: -1e300...1e300)
    dynamicTarget = try options.number("dynamic_target", in: 0...1e300)
    range = try options.range("range")
    isBarrier = try options.flag("barrier", default: isBarrier)
    stopProbability = try options.number("stop_probability", default: stopProbability, in: 0...1)
    slotsPerTrial = try options.number("slots_per_trial", default: slotsPerTrial, in: 1e-3...1e3)
  }
}
