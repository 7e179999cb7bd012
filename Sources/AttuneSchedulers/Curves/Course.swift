/// How far a trial has come, and how good it has been.
struct Course: Sendable {
  /// The last step with a value.
  private(set) var step = 0
  /// The best so far, of steps that were taken back by a restart too: larger is better.
  private(set) var best = -Double.infinity

  /// - Returns: whether a multiple of `boundary` lies between the step before and this one.
  mutating func come(to step: Int, merit: Double, boundary: Int) -> Bool {
    let before = step > self.step ? self.step : step - 1
    self.step = step
    best = max(best, merit)
    return step / boundary > before / boundary
  }
}
