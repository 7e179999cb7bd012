import AttuneCore

/// What POP's trials are to reach, in the units of their curves.
struct PopTarget: Sendable {
  private let options: PopOptions
  private let scale: MeritScale
  /// A target that was reached and raised.
  private var raised: Double?

  init(_ options: PopOptions, _ scale: MeritScale) {
    self.options = options
    self.scale = scale
  }

  /// The target; without one, the best value so far.
  func value(_ objective: Objective, best: Double) -> Double {
    raised ?? (options.target ?? objective.target).map { scale.merit($0, objective) } ?? best
  }

  /// Raises a target that the best value has reached.
  /// - Returns: whether it was raised.
  mutating func raise(_ objective: Objective, best: Double) -> Bool {
    guard let distance = options.dynamicTarget, best.isFinite, options.target ?? objective.target ?? raised != nil else { return false }
    guard best >= value(objective, best: best), best + scale.distance(distance) != raised else { return false }
    raised = best + scale.distance(distance)
    return true
  }
}
