import AttuneMath

/// Which configurations of a workload an experiment tries, and in which order.
public enum ConfigurationOrder: Hashable, Sendable {
  /// Another random set in every repeat, in random order.
  case sets
  /// The same random set in every repeat, in another order each time.
  case oneSet
  /// As they stand in the trace, the same in every repeat.
  case asGiven
  /// Drawn again and again, so that there may be more than the trace has.
  case drawn

  /// The configurations to try, as indices into the workload.
  /// - Parameters:
  ///   - count: how many; `nil` for all.
  ///   - known: how many there are.
  ///   - repetition: which repeat, from 0.
  /// - Throws: `SimulationError.tooMany`, or `.refused` for less than one.
  /// - Complexity: O(known + count).
  public func indices(_ count: Int?, of known: Int, repetition: Int, seed: UInt64) throws(SimulationError) -> [Int] {
    let count = count ?? known
    guard count >= 1 else { throw .refused(what: "configurations", value: "\(count)", allowed: "1 or more") }
    guard count <= known || self == .drawn else { throw .tooMany(wanted: count, known: known) }
    var random = RandomStream(seed: seed, purpose: "simulated order", index: repetition)
    switch self {
    case .asGiven: return Array(0..<count)
    case .drawn: return (0..<count).map { _ in Int.random(in: 0..<known, using: &random) }
    case .sets: return Array((0..<known).shuffled(using: &random).prefix(count))
    case .oneSet:
      var choice = RandomStream(seed: seed, purpose: "simulated set", index: 0)
      return (0..<known).shuffled(using: &choice).prefix(count).shuffled(using: &random)
    }
  }
}
