import AttuneMath
import CAttuneKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// 10 to a power.
func power10(_ exponent: Double) -> Double { pow(10, exponent) }

/// A weighted sum of curve models with one normal noise, and its posterior given a curve: Domhan et al. (2015), §3.
///
/// A point of it, θ, is the models' parameters in their order, the noise's deviation, and one weight for each model. Its prior is flat, and 0
/// where a weight is negative, or where a model falls from position 2 to the last one, or ends there outside 0 ... 100.
public struct CombinedCurve: Sendable {
  /// The models that fitted, in the order of `CurveModel`.
  public let models: [CurveModel]
  /// Where sampling begins: the least-squares fits, the deviation of what they leave, and equal weights of 10.
  public let start: [Double]
  let parameterCount: Int
  /// Positions 2 and the last one, then those of the curve; and their logarithms.
  private let positions: [Double]
  private let logarithms: [Double]
  private let values: [Double]
  private let weights: [Double]

  /// Fits every model, and keeps those that the prior allows.
  /// - Parameters:
  ///   - x: ascending positions above 0.
  ///   - y: the curve's finite values there.
  ///   - last: the last position that will be asked about.
  ///   - isRefined: whether the fits are the best that can be found, and not those that the authors' program finds.
  /// - Returns: `nil` when no model is left.
  public init?(_ x: [Double], _ y: [Double], last: Double, isRefined: Bool = false) {
    let weights = CurveModel.recencyWeights(x.count)
    let fits = CurveModel.allCases.compactMap { model -> (model: CurveModel, parameters: [Double])? in
      let fit = isRefined ? model.refinedFit(x, y, weights: weights) : model.fit(x, y, weights: weights)
      return fit.flatMap { model.isPlausible($0.parameters, from: 2, to: last) ? (model: model, parameters: $0.parameters) : nil }
    }
    guard !fits.isEmpty else { return nil }
    let rests = x.indices.map { index in
      y[index] - fits.reduce(0) { $0 + $1.model.value(at: x[index], $1.parameters) } / Double(fits.count)
    }
    let mean = rests.reduce(0, +) / Double(rests.count)
    let variance = rests.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rests.count)
    guard variance.isFinite else { return nil }
    let ends = [Double](repeating: 10, count: fits.count)
    self.init(models: fits.map(\.model), start: fits.flatMap(\.parameters) + [variance.squareRoot()] + ends, x, y, last: last)
  }

  /// A combination of these models, sampled from this point.
  /// - Precondition: `start` has the models' parameters, a deviation, and a weight for each model.
  public init(models: [CurveModel], start: [Double], _ x: [Double], _ y: [Double], last: Double) {
    self.models = models
    self.start = start
    parameterCount = models.reduce(0) { $0 + $1.start.count }
    precondition(start.count == parameterCount + 1 + models.count, "θ has parameters, a deviation and weights; got \(start.count) numbers")
    positions = [2, last] + x
    logarithms = positions.map { log($0) }
    values = y
    weights = CurveModel.recencyWeights(x.count)
  }

  /// How many numbers θ has.
  public var dimensions: Int { start.count }

  /// The logarithm of the posterior, up to a constant; −∞ where it is 0.
  public func logPosterior(_ point: [Double]) -> Double {
    precondition(point.count == dimensions, "θ has \(dimensions) numbers; got \(point.count)")
    let table = SampleTable(columns: 1, point: point)
    var result = [Double](repeating: 0, count: table.stride)
    logPosteriors(table, into: &result)
    return result[0]
  }

  /// The same for every column of a table; what stands behind its columns is overwritten, too.
  func logPosteriors(_ samples: SampleTable, into result: inout [Double]) {
    precondition(result.count >= samples.stride, "a result has a place for each padded column")
    var scratch = [Double](repeating: 0, count: 8 * positions.count)
    withCombination { combination in
      withPositions(positions, logarithms) { positions in
        attune_curve_posterior(
          combination, positions, values, weights, samples.elements, samples.stride, 0, samples.stride, &scratch, &result)
      }
    }
  }

  /// Calls `body` with the combined curves of eight samples after the other: that of sample first + j at position i is number 8 i + j.
  func eachEight(_ samples: SampleTable, at positions: [Double], _ body: (_ first: Int, _ means: [Double]) -> Void) {
    var means = [Double](repeating: 0, count: 8 * positions.count)
    let logarithms = positions.map { log($0) }
    withCombination { combination in
      withPositions(positions, logarithms) { positions in
        for first in stride(from: 0, to: samples.columns, by: 8) {
          attune_curve_means(combination, positions, samples.elements, samples.stride, first, &means)
          body(first, means)
        }
      }
    }
  }

  private func withCombination(_ body: (attune_combination) -> Void) {
    models.map(\.rawValue).withUnsafeBufferPointer { models in
      body(attune_combination(models: models.baseAddress, model_count: models.count, parameter_count: parameterCount))
    }
  }

  private func withPositions(_ positions: [Double], _ logarithms: [Double], _ body: (attune_positions) -> Void) {
    positions.withUnsafeBufferPointer { x in
      logarithms.withUnsafeBufferPointer { body(attune_positions(x: x.baseAddress, log_x: $0.baseAddress, count: x.count)) }
    }
  }
}
