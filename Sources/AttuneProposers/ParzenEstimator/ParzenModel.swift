import AttuneCore
import AttuneMath
import Foundation

/// Where good configurations are dense and others are not.
///
/// Both densities have the same kernels, so that their ratio is that of a kernel classifier's odds: it says nothing where nobody looked.
/// With bandwidths of their own, as in Bergstra (2011), the narrower density falls off sooner for no reason that is in the data.
struct ParzenModel: Sendable {
  /// How the kernels are made.
  struct Settings: Sendable {
    /// The bandwidth along an axis, as a share of its range, if there were one good configuration.
    var width = 0.05
    /// How many uniform samples the extents of the good configurations are mixed with: few of them tell little.
    var caution = 2.0
    /// The least bandwidth along values in an order, in distances between them: the next value stays within reach.
    var stride = 0.5
    /// Of values without an order the part of a kernel that is spread over all of them.
    var mixing = 0.5
    /// What the uniform distribution weighs, a configuration weighing 1.
    var uniformWeight = 0.3
    /// What a trial under way weighs among the others.
    var pendingWeight = 0.3
    /// Of the bandwidths, where candidates are drawn.
    var widening = 1.0
  }

  private let space: SearchSpace
  private let settings: Settings
  private let good: KernelDensity
  private let others: KernelDensity

  /// - Parameters:
  ///   - good: best first, at least one.
  ///   - others: whatever else is known, trials under way among them.
  init(good: [Observation], others: [Observation], in space: SearchSpace, _ settings: Settings) {
    self.space = space
    self.settings = settings
    let weights = Self.weights(good.count)
    // The more are under way, the longer it takes until a step is built upon: each has to be larger.
    let crowd = min(1 + 0.08 * Double(others.count { $0.outcome == .pending }), 2)
    let widths = KernelWidths(
      of: good, weights, in: space, width: settings.width * crowd, caution: settings.caution, stride: settings.stride
    ).widths
    let shapes = zip(space.parameters, widths).map { KernelShape($0, bandwidth: $1, mixing: settings.mixing) }
    self.good = KernelDensity(good, weights: weights, uniformWeight: settings.uniformWeight, shapes: shapes, in: space)
    self.others = KernelDensity(
      others, weights: others.map { $0.outcome == .pending ? settings.pendingWeight : 1 }, uniformWeight: settings.uniformWeight,
      shapes: shapes, in: space)
  }

  /// Of some draws from the good density the one where the ratio of the densities is highest.
  /// - Parameter tried: points that are not proposed again.
  /// - Returns: `nil` when every draw broke a constraint or was tried.
  func propose(candidates: Int, except tried: Set<[Double]>, using random: inout RandomStream) -> Configuration? {
    let isPlain = !space.isConditional && space.constraints.isEmpty
    var best: (score: Double, point: [Double])?
    var scratch: [Double] = []
    for _ in 0..<candidates {
      var point = space.snapped(good.sample(widening: settings.widening, using: &random))
      var isActive: [Bool]?
      if !isPlain {
        let configuration = space.configuration(at: point)
        guard space.satisfiesConstraints(configuration) else { continue }
        let mask = space.parameters.map { configuration[$0.name] != nil }
        for index in mask.indices where !mask[index] { point[index] = 0.5 }
        isActive = mask
      }
      if tried.contains(point) { continue }
      let score =
        good.logarithm(at: point, isActive: isActive, scratch: &scratch)
        - others.logarithm(at: point, isActive: isActive, scratch: &scratch)
      if score > best?.score ?? -.infinity { best = (score, point) }
    }
    return best.map { space.configuration(at: $0.point) }
  }

  /// Falling with the logarithm of the rank, as evolution strategies weigh parents (Hansen, "The CMA evolution strategy: a tutorial",
  /// 2016); 1 on average.
  private static func weights(_ count: Int) -> [Double] {
    let raw = (0..<count).map { log(Double(count + 1)) - log(Double($0 + 1)) }
    let mean = raw.reduce(0, +) / Double(max(count, 1))
    return raw.map { $0 / mean }
  }
}
