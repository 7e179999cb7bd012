import AttuneCore
import AttuneMath

/// Tries every combination, the last parameter varying fastest; a continuous parameter is cut into `points` values, ends included,
/// even on its scale.
///
/// Each distinct configuration comes once: where a condition switches a parameter off, its values are not gone through.
/// When not to use it: beyond three or four parameters; the number of trials is the product of all value counts.
public struct GridSearch: Proposer {
  private let points: Int
  /// Where the search for the grid's `served`-th point ended: kept so that going on is cheap; any other question starts anew.
  private var served = 0
  private var cursor = 0

  /// - Parameter points: values of a continuous parameter, at least 1.
  public init(points: Int = 5) {
    precondition(points >= 1, "a grid needs at least one point a parameter; got \(points)")
    self.points = points
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(points: try options.int("points", default: 5, in: 1...10_000))
  }

  /// `nil` when every combination has been proposed.
  public mutating func propose(_ trial: TrialID, after history: History, using random: inout RandomStream) throws -> Proposal? {
    let wanted = history.trials.count { $0.proposer == "grid" }
    if wanted != served { (served, cursor) = (0, 0) }
    let axes = history.space.parameters.map { axis(of: $0.domain) }
    let total = axes.reduce(1) { product, axis in
      let (next, overflow) = product.multipliedReportingOverflow(by: axis.count)
      return overflow ? Int.max : next
    }
    while cursor < total {
      defer { cursor += 1 }
      guard let configuration = configuration(at: cursor, of: axes, in: history.space) else { continue }
      defer { served += 1 }
      if served == wanted { return Proposal(configuration) }
    }
    return nil
  }

  private func axis(of domain: Domain) -> [Double] {
    if let units = domain.units { return units }
    return points == 1 ? [0.5] : (0..<points).map { Double($0) / Double(points - 1) }
  }

  /// The configuration of one combination; `nil` when it breaks a constraint, or repeats another because a parameter that is
  /// switched off does not stand at its first value.
  private func configuration(at index: Int, of axes: [[Double]], in space: SearchSpace) -> Configuration? {
    var rest = index
    var digits = [Int](repeating: 0, count: axes.count)
    for position in axes.indices.reversed() {
      digits[position] = rest % axes[position].count
      rest /= axes[position].count
    }
    let configuration = space.configuration(at: zip(axes, digits).map { $0[$1] })
    for (parameter, digit) in zip(space.parameters, digits) where digit > 0 && configuration[parameter.name] == nil { return nil }
    return space.satisfiesConstraints(configuration) ? configuration : nil
  }
}
