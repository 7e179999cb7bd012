/// When a curve may reach its target: HyperDrive's prediction confidence and expected remaining time.
struct RemainingTime: Hashable, Sendable {
  /// The probability that the target is reached within the budget.
  private(set) var probability = 0.0
  /// Expected seconds until it is, at most the budget: as in the paper not divided by the probability.
  private(set) var seconds = 0.0

  /// - Parameters:
  ///   - chances: the probability that the value at each step is the target or better, not necessarily rising.
  ///   - steps: how many steps after the last one seen each of them is.
  ///   - pace: seconds a step.
  ///   - budget: seconds there are.
  /// Source: Rasley et al. (2017), §3.1.1, equations 1 to 3. A curve that has once been above the target has reached it, so chances are made to
  /// rise by a running maximum.
  init(chances: [Double], steps: [Int], pace: Double, budget: Double) {
    var highest = 0.0
    for (chance, step) in zip(chances, steps) where chance > highest {
      let expected = seconds + (chance - highest) * Double(step) * pace
      guard expected <= budget else {
        seconds = budget
        return
      }
      // The rises add up to the highest chance.
      (probability, seconds) = (chance, expected)
      highest = chance
    }
  }
}
