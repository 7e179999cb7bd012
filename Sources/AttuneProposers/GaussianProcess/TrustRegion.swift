#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The part of the cube around the best trial in which every second trial is looked for: a search of the whole cube finds the valley, and
/// this one goes down in it.
///
/// Its width is a function of the history: twice as wide after a local trial that was better than all before, half as wide when as many
/// in a row as half the dimensions were in vain.
/// Source: Diouane, Picheny, Le Riche, Scotto Di Perrotolo: TREGO, a trust-region framework for efficient global optimization (2022); the
/// shape after Eriksson, Pearce, Gardner, Turner, Poloczek: Scalable global optimization via local Bayesian optimization (2019).
struct TrustRegion: Sendable {
  /// Half of its width, in units of the cube, on an axis of middling length scale.
  private(set) var halfWidth = 0.2
  private var best = Double.infinity
  private var losses = 0
  private static let narrowest = 0.01
  private static let widest = 0.5

  init() {}

  /// Whether the trial of that number is looked for here.
  static func isLocal(_ trial: Int) -> Bool { trial % 2 == 0 }

  /// Learns what became of a trial.
  /// - Parameters:
  ///   - trial: its number; `nil` for one that was not proposed here.
  ///   - value: smaller is better.
  ///   - dimensions: how many in vain are many.
  mutating func observe(_ trial: Int?, value: Double, dimensions: Int) {
    defer { best = min(best, value) }
    guard let trial, Self.isLocal(trial), best.isFinite else { return }
    if value < best {
      (halfWidth, losses) = (min(2 * halfWidth, Self.widest), 0)
    } else {
      losses += 1
      if 2 * losses > dimensions { (halfWidth, losses) = (max(halfWidth / 2, Self.narrowest), 0) }
    }
  }

  /// The region, wider along axes on which less happens; discrete axes are not confined.
  /// - Parameter weights: the model's, where the region is.
  func bounds(around centre: [Double], _ weights: [Double], in encoding: SpaceEncoding) -> [ClosedRange<Double>] {
    let axes = encoding.axes.indices
    // A quarter power: the root of a length scale.
    let lengths = axes.map { pow(weights[$0], -0.25) }
    let middle = exp(lengths.reduce(0) { $0 + log($1) } / Double(max(axes.count, 1)))
    return axes.map { axis in
      let range = encoding.axes[axis].range
      guard encoding.grids[axis] == nil else { return range }
      let half = halfWidth * lengths[axis] / middle
      let low = min(max(centre[axis] - half, range.lowerBound), range.upperBound)
      return low...max(min(centre[axis] + half, range.upperBound), low)
    }
  }
}
