import AttuneCore
import Dispatch
import Synchronization

/// Predicts curves one after another on a thread of its own, as a prediction may take seconds that nobody else should wait.
final class Forecaster: Sendable {
  private let queue = DispatchQueue(label: "attune.forecaster", qos: .utility)
  private let predictor: Mutex<any CurvePredictor>

  init(_ predictor: any CurvePredictor) { self.predictor = Mutex(predictor) }

  /// The prediction with the precision that the journal keeps; `nil` when the curve allows none.
  func predict(_ request: CurveRequest, then use: @escaping @Sendable (CurvePrediction?) -> Void) {
    queue.async { use(self.predictor.withLock { $0.predict(request) }?.journaled) }
  }
}

extension CurvePrediction {
  /// As the journal keeps it, with seven digits: more would fill the journal and tell nobody anything.
  public var journaled: CurvePrediction {
    CurvePrediction(mean: mean.map(\.rounded), deviation: deviation.map(\.rounded), probability: probability.map(\.rounded))
  }
}

extension Double {
  fileprivate var rounded: Double { Double(Float(self).description) ?? self }
}
