/// A learning curve as far as it is known: one metric of a trial by its steps.
public struct LearningCurve: Hashable, Sendable {
  /// Steps, strictly ascending, from 1.
  public private(set) var steps: [Int]
  /// The value at each step; larger is better. Values need not be finite: a diverged run says so.
  public private(set) var values: [Double]

  /// A curve.
  /// - Precondition: as many steps as values, strictly ascending.
  public init(steps: [Int] = [], values: [Double] = []) {
    precondition(steps.count == values.count, "a curve has a value for each step; got \(steps.count) steps and \(values.count) values")
    precondition(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }, "the steps of a curve ascend")
    self.steps = steps
    self.values = values
  }

  /// Adds a value. One at a step that was there before, as after a restart without a checkpoint, replaces it and what came after it.
  public mutating func add(_ value: Double, at step: Int) {
    while let last = steps.last, last >= step {
      steps.removeLast()
      values.removeLast()
    }
    steps.append(step)
    values.append(value)
  }
}

/// What a scheduler wants to know: how a curve goes on.
public struct CurveRequest: Hashable, Sendable {
  /// Whose curve.
  public let trial: TrialID
  /// What is seen of it.
  public let curve: LearningCurve
  /// The curves of other trials in the same units, as far as they are known, to learn from.
  public let others: [LearningCurve]
  /// The steps to predict, ascending, all behind the last one seen.
  public let steps: [Int]
  /// The value to be reached, in the curve's units; `nil` when no probability is asked for.
  public let target: Double?

  /// A request.
  public init(trial: TrialID, curve: LearningCurve, others: [LearningCurve] = [], steps: [Int], target: Double?) {
    self.trial = trial
    self.curve = curve
    self.others = others
    self.steps = steps
    self.target = target
  }
}

/// How a curve may go on.
public struct CurvePrediction: Hashable, Sendable, Codable {
  /// The expected value at each step that was asked for, in the curve's units.
  public let mean: [Double]
  /// The standard deviation of the value that will be observed there.
  public let deviation: [Double]
  /// The probability that the value observed there is the target or better, each step by itself; empty when no target was given.
  public let probability: [Double]

  /// A prediction.
  /// - Precondition: as many means as deviations, and as many probabilities or none.
  public init(mean: [Double], deviation: [Double], probability: [Double] = []) {
    precondition(mean.count == deviation.count && (probability.isEmpty || probability.count == mean.count), "a prediction has one length")
    self.mean = mean
    self.deviation = deviation
    self.probability = probability
  }
}

/// Predicts learning curves.
///
/// A function of the request: asked twice the same, it answers the same. What a predictor keeps besides is a cache. It may take seconds:
/// the trial trains on meanwhile.
public protocol CurvePredictor: Sendable {
  /// - Returns: `nil` when the curve allows no prediction (too short, not finite, no model fits).
  mutating func predict(_ request: CurveRequest) -> CurvePrediction?
}
