import AttuneCore
import AttuneMath
import AttuneValues

/// Tries every combination, the last parameter varying fastest; a continuous parameter is cut into `points` values, ends included,
/// even on its scale.
///
/// Each distinct configuration comes once: where a condition switches a parameter off, its values are not gone through.
/// When not to use it: beyond three or four parameters; the number of trials is the product of all value counts.
public struct GridSearch: Proposer {
  private let points: Int
  /// Every combination before the cursor is known: kept so that going on is cheap; any other question starts anew.
  private var cursor = 0
  private var known: Set<Configuration> = []
  private var learned = 0
  private var last: Configuration?
  private var space: SearchSpace?

  /// A configuration that somebody added is still part of the grid.
  public var repeatsOnPurpose: Bool { true }

  /// - Parameter points: values of a continuous parameter, at least 1.
  public init(points: Int = 5) {
    precondition(points >= 1, "a grid needs at least one point a parameter; got \(points)")
    self.points = points
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(points: try options.int("points", default: 5, in: 1...10_000))
  }

  /// `nil` when every combination has been proposed. In a space that was edited on the way, what is left of the new grid.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    learn(from: history)
    let axes = history.space.parameters.map { values(of: $0.domain) }
    let total = axes.reduce(1) { product, axis in
      let (next, overflow) = product.multipliedReportingOverflow(by: axis.count)
      return overflow ? Int.max : next
    }
    while cursor < total {
      if let configuration = configuration(at: cursor, of: axes, in: history.space), !known.contains(configuration) {
        return Proposal(configuration)
      }
      cursor += 1
    }
    return nil
  }

  private mutating func learn(from history: History) {
    let own = history.trials.lazy.filter { $0.proposer == "grid" }.map(\.configuration)
    if space != history.space || (learned > 0 && own.dropFirst(learned - 1).first != last) {
      (cursor, known, learned, space) = (0, [], 0, history.space)
    }
    known.formUnion(own.dropFirst(learned))
    (learned, last) = (own.count, own.suffix(1).first)
  }

  private func values(of domain: Domain) -> [Value] {
    if let values = domain.values { return values }
    return points == 1 ? [domain.value(atUnit: 0.5)] : (0..<points).map { domain.value(atUnit: Double($0) / Double(points - 1)) }
  }

  /// The configuration of one combination; `nil` when it breaks a constraint, or repeats another because a parameter that is
  /// switched off does not stand at its first value.
  private func configuration(at index: Int, of axes: [[Value]], in space: SearchSpace) -> Configuration? {
    var rest = index
    var digits = [Int](repeating: 0, count: axes.count)
    for position in axes.indices.reversed() {
      digits[position] = rest % axes[position].count
      rest /= axes[position].count
    }
    let configuration = space.configuration { axes[$0][digits[$0]] }
    for (parameter, digit) in zip(space.parameters, digits) where digit > 0 && configuration[parameter.name] == nil { return nil }
    return space.satisfiesConstraints(configuration) ? configuration : nil
  }
}
