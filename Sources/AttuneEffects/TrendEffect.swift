/// What a change did to a metric: straight lines before and after it, and the jump between them.
///
/// The line before, carried on to the change, says what would have come without it. That is all an observation can say: a curve that
/// bends within the window, or something else that happened at the same time, is taken for the change's doing. Where the past can
/// be run again, `PairedEffect` says more.
/// When not to use it: for curves that bend strongly; take a smaller window.
/// Model: segmented regression of interrupted time series, Wagner et al. (2002), with the noise of `AutoregressiveFit`.
public struct TrendEffect: Hashable, Sendable {
  /// A straight line.
  public struct Line: Hashable, Sendable {
    /// At the change.
    public let level: Estimate
    /// A step.
    public let slope: Estimate
  }

  /// Reports that are needed on each side.
  public static let needed = 5

  /// The line before the change.
  public let before: Line
  /// The line after it.
  public let after: Line
  /// How far the line after begins above the one before.
  public let jump: Estimate
  /// By how much the slope changed.
  public let slopeChange: Estimate
  /// How far the line after is above the one before, carried on, at `lastStep`.
  public let atEnd: Estimate
  /// Reports before the change that were used.
  public let countBefore: Int
  /// Reports after the change that were used.
  public let countAfter: Int
  /// The first step used.
  public let firstStep: Int
  /// The last step used.
  public let lastStep: Int

  /// - Parameters:
  ///   - samples: steps ascending. Values that are not finite are left out.
  ///   - step: steps completed when the change took effect: a sample of this step is one of before.
  ///   - window: reports to look at on each side, at the most.
  /// - Throws: `EffectProblem` rather than a number that means nothing.
  public init(_ samples: [Sample], changeAfter step: Int, window: Int = 20) throws(EffectProblem) {
    let finite = samples.filter(\.value.isFinite)
    let old = finite.filter { $0.step <= step }.suffix(window)
    let new = finite.filter { $0.step > step }.prefix(window)
    guard old.count >= Self.needed else { throw .tooFewBefore(old.count, needed: Self.needed) }
    guard new.count >= Self.needed else { throw .tooFewAfter(new.count, needed: Self.needed) }
    let used = Array(old) + Array(new)
    let scale = Double(used.map { abs($0.step - step) }.max() ?? 1)
    let rows = used.map { sample -> [Double] in
      let time = Double(sample.step - step) / scale
      return sample.step > step ? [1, time, 1, time] : [1, time, 0, 0]
    }
    let fit = AutoregressiveFit(design: rows, response: used.map(\.value), gaps: Self.gaps(used))
    let end = Double((used.last?.step ?? step) - step) / scale
    before = Line(level: fit.estimate([1, 0, 0, 0]), slope: fit.estimate([0, 1 / scale, 0, 0]))
    after = Line(level: fit.estimate([1, 0, 1, 0]), slope: fit.estimate([0, 1 / scale, 0, 1 / scale]))
    jump = fit.estimate([0, 0, 1, 0])
    slopeChange = fit.estimate([0, 0, 0, 1 / scale])
    atEnd = fit.estimate([0, 0, 1, end])
    countBefore = old.count
    countAfter = new.count
    firstStep = used.first?.step ?? step
    lastStep = used.last?.step ?? step
  }

  /// Distances between neighbours in units of their median.
  static func gaps(_ samples: [Sample]) -> [Double] {
    let distances = zip(samples, samples.dropFirst()).map { Double($1.step - $0.step) }
    let median = distances.sorted()[distances.count / 2]
    return distances.map { max($0, 1e-9) / max(median, 1e-9) }
  }
}
