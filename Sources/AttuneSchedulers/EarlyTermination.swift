import AttuneCore

/// Stops a trial whose curve, as it is predicted to go on, will hardly be as good in the end as the best value of all so far.
///
/// At every `boundary` a trial that has so many steps is stopped if P(value at the last step ≥ best so far) < `probability`. The last step
/// is `limits.steps`, or without that limit the highest that any trial has reached. A trial whose curve cannot be predicted goes on; one whose
/// newest value is not finite has no chance.
/// When not to use it: for trials shorter than `boundary`, and where schedules of the learning rate make curves jump that the predictor
/// cannot foresee.
/// Source: Domhan, Springenberg and Hutter, "Speeding up automatic hyperparameter optimization of deep neural networks by extrapolation of
/// learning curves" (IJCAI 2015), as Rasley et al., "HyperDrive" (Middleware 2017), §5.3 use it.
public struct EarlyTermination: Scheduler {
  /// What predicts the curves.
  public let predictor: (any CurvePredictor)?
  private let boundary: Int
  private let probability: Double
  private var curves: CurveBook

  /// - Parameters:
  ///   - predictor: what predicts the curves.
  ///   - boundary: steps between two decisions, at least 1.
  ///   - probability: a trial with less is stopped, 0 to 1.
  public init(predictor: any CurvePredictor, boundary: Int = 30, probability: Double = 0.05, range: ClosedRange<Double>? = nil) {
    precondition(
      boundary >= 1 && (0...1).contains(probability), "boundary is at least 1, probability 0 to 1; got \(boundary) and \(probability)")
    self.predictor = predictor
    self.boundary = boundary
    self.probability = probability
    curves = CurveBook(MeritScale(range))
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      predictor: try options.predictor(), boundary: try options.int("boundary", default: 30, in: 1...1_000_000_000),
      probability: try options.number("probability", default: 0.05, in: 0...1), range: try options.range("range"))
  }

  /// - Complexity: O(1) between boundaries, O(trials) up to a limit where a prediction is asked for.
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id):
      guard let isBoundary = curves.take(id, situation, boundary: boundary), isBoundary else { return [] }
      if curves[id].curve.values.last?.isFinite == false { return [.stop(id)] }
      let last = situation.limits.steps ?? curves.longest
      return curves.request(id, at: [last], target: curves.best).map { [.predict($0)] } ?? []
    case .predicted(let id, at: _, let prediction?):
      return prediction.probability.last.map { $0 < probability } ?? false ? [.stop(id)] : []
    case .ended(let id): curves.end(id, situation)
    case .predicted(_, at: _, nil), .suspended, .stayed, .adopted, .notAdopted: break
    }
    return []
  }
}
