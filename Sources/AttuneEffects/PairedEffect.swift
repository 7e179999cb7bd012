/// What a change did to a metric, by a twin that went on without it: the differences at the steps that both have reported.
///
/// Better than any extrapolation, because whatever else made the curve bend did so in both.
public struct PairedEffect: Hashable, Sendable {
  /// Steps that are needed.
  public static let needed = 5

  /// The mean of changed minus unchanged.
  public let difference: Estimate
  /// The same at `lastStep`, by a straight line through the differences: what a change does may grow.
  public let atEnd: Estimate
  /// Steps that both have reported.
  public let count: Int
  /// The first of them.
  public let firstStep: Int
  /// The last of them.
  public let lastStep: Int

  /// - Parameters:
  ///   - changed: the trial, steps ascending.
  ///   - unchanged: its twin.
  ///   - step: steps completed when the change took effect; only later ones count.
  /// - Throws: `EffectProblem` rather than a number that means nothing.
  public init(changed: [Sample], unchanged: [Sample], changeAfter step: Int) throws(EffectProblem) {
    let other = Dictionary(unchanged.map { ($0.step, $0.value) }) { _, last in last }
    let differences = changed.filter { $0.step > step }.compactMap { sample in
      other[sample.step].map { Sample(step: sample.step, value: sample.value - $0) }
    }.filter(\.value.isFinite)
    guard differences.count >= Self.needed else { throw .tooFewPairs(differences.count, needed: Self.needed) }
    let middle = differences.reduce(0) { $0 + Double($1.step) } / Double(differences.count)
    let times = differences.map { Double($0.step) - middle }
    let reach = times.map(abs).max() ?? 1
    let fit = AutoregressiveFit(
      design: times.map { [1, $0 / reach] }, response: differences.map(\.value), gaps: TrendEffect.gaps(differences))
    difference = fit.estimate([1, 0])
    atEnd = fit.estimate([1, (times.last ?? 0) / reach])
    count = differences.count
    firstStep = differences.first?.step ?? step
    lastStep = differences.last?.step ?? step
  }
}
