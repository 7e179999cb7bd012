import AttuneValues

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The map between a domain and the unit interval, in which algorithms think.
///
/// Continuous domains map by their scale. A discrete domain of n values gives each an interval: equal ones on a linear scale, ones
/// as wide as the ratio between neighbours on a log scale; `unit(of:)` gives the middle of a value's interval, so that
/// `value(atUnit: unit(of: v)) == v` for every value.
extension Domain {
  /// The value at `unit`, a number in 0...1 (what lies outside is clamped).
  public func value(atUnit unit: Double) -> Value {
    let unit = min(max(unit, 0), 1)
    switch self {
    case .float(let lower, let upper, let scale, nil):
      let number = scale == .log ? exp(log(lower) + unit * (log(upper) - log(lower))) : lower + unit * (upper - lower)
      return .float(min(max(number, lower), upper))
    case .float(let lower, _, .log, let step?):
      return value(at: logIndex(unit, lower: lower, step: step))
    case .int(let lower, _, .log, let step):
      return value(at: logIndex(unit, lower: Double(lower), step: Double(step ?? 1)))
    default:
      let count = count ?? 1
      return value(at: min(Int(unit * Double(count)), count - 1))
    }
  }

  /// The place of `value` in 0...1; `nil` when it does not belong to the domain.
  public func unit(of value: Value) -> Double? {
    guard let value = normalized(value) else { return nil }
    switch (self, value) {
    case (.float(let lower, let upper, let scale, nil), .float(let number)):
      guard upper > lower else { return 0.5 }
      return scale == .log ? (log(number) - log(lower)) / (log(upper) - log(lower)) : (number - lower) / (upper - lower)
    case (.float(let lower, _, .log, let step?), .float(let number)):
      return logUnit(of: number, lower: lower, step: step)
    case (.int(let lower, _, .log, let step), .int(let integer)):
      return logUnit(of: Double(integer), lower: Double(lower), step: Double(step ?? 1))
    default:
      guard let count, let index = index(of: value) else { return nil }
      return (Double(index) + 0.5) / Double(count)
    }
  }

  /// The coordinates of all values of a discrete domain, in order; `nil` for a float without a step.
  public var units: [Double]? {
    guard let count else { return nil }
    switch self {
    case .float(let lower, _, .log, let step?): return (0..<count).map { logUnit(of: lower + Double($0) * step, lower: lower, step: step) }
    case .int(let lower, _, .log, let step):
      let step = step ?? 1
      return (0..<count).map { logUnit(of: Double(lower + $0 * step), lower: Double(lower), step: Double(step)) }
    default: return (0..<count).map { (Double($0) + 0.5) / Double(count) }
    }
  }

  /// The coordinate of the value that stands at `unit`: `unit` itself where every coordinate is a value, else the middle of an interval.
  public func snapped(_ unit: Double) -> Double {
    switch self {
    case .float(_, _, _, nil): return min(max(unit, 0), 1)
    case .float(_, _, .log, _?), .int(_, _, .log, _): return self.unit(of: value(atUnit: unit)) ?? 0.5
    default:
      let count = Double(count ?? 1)
      return (min((min(max(unit, 0), 1) * count).rounded(.down), count - 1) + 0.5) / count
    }
  }

  /// The coordinates that stand for `value`: one of a continuous domain, an interval of a discrete one.
  /// - Returns: `nil` when it does not belong to the domain.
  func interval(of value: Value) -> ClosedRange<Double>? {
    guard let middle = unit(of: value) else { return nil }
    switch self {
    case .float(_, _, _, nil): return middle...middle
    case .float(let lower, _, .log, let step?): return logInterval(of: value, lower: lower, step: step)
    case .int(let lower, _, .log, let step): return logInterval(of: value, lower: Double(lower), step: Double(step ?? 1))
    default:
      let half = 0.5 / Double(count ?? 1)
      return max(0, middle - half)...min(1, middle + half)
    }
  }

  private func logInterval(of value: Value, lower: Double, step: Double) -> ClosedRange<Double>? {
    guard let number = value.number else { return nil }
    let low = number - step / 2 < lower ? 0 : logUnit(of: number - step / 2, lower: lower, step: step)
    return max(0, low)...min(1, max(low, logUnit(of: number + step / 2, lower: lower, step: step)))
  }

  /// The value of this domain that is nearest to one of `frame`, which holds all of this domain's.
  func nearest(to value: Value, in frame: Domain) -> Value {
    switch (self, value) {
    case (.float(let lower, let upper, _, let step), _) where value.number != nil:
      let number = min(max(value.number ?? lower, lower), upper)
      guard let step else { return .float(number) }
      return self.value(at: min(Int(((number - lower) / step).rounded()), (count ?? 1) - 1))
    case (.int(let lower, let upper, _, let step), .int(let integer)):
      let step = step ?? 1
      return self.value(at: (min(max(integer, lower), upper) - lower + step / 2) / step)
    case (.choice(let values), _), (.ordinal(let values), _):
      guard !contains(value), let place = frame.index(of: value) else { return normalized(value) ?? self.value(at: 0) }
      return values.min { abs((frame.index(of: $0) ?? 0) - place) < abs((frame.index(of: $1) ?? 0) - place) } ?? value
    default: return value
    }
  }

  func index(of value: Value) -> Int? {
    switch (self, value) {
    case (.float(let lower, _, _, let step?), .float(let number)): Int(((number - lower) / step).rounded())
    case (.int(let lower, _, _, let step), .int(let integer)): (integer - lower) / (step ?? 1)
    case (.choice(let values), _), (.ordinal(let values), _): values.firstIndex(of: value)
    case (.bool, .bool(let flag)): flag ? 1 : 0
    default: nil
    }
  }

  /// Edges lie half a step beyond the values, at the low end not below half the lowest value.
  private func logEdges(lower: Double, step: Double) -> (low: Double, high: Double) {
    let last = lower + step * Double((count ?? 1) - 1)
    return (log(max(lower - step / 2, lower / 2)), log(last + step / 2))
  }

  private func logIndex(_ unit: Double, lower: Double, step: Double) -> Int {
    let edges = logEdges(lower: lower, step: step)
    let number = exp(edges.low + unit * (edges.high - edges.low))
    return min(max(Int(((number - lower) / step).rounded()), 0), (count ?? 1) - 1)
  }

  private func logUnit(of number: Double, lower: Double, step: Double) -> Double {
    let edges = logEdges(lower: lower, step: step)
    return (log(number) - edges.low) / (edges.high - edges.low)
  }
}
