import AttuneValues

/// The map between a parameter's values and the unit interval: that of its frame, and back into its domain.
extension Parameter {
  /// The place of `value` in 0...1; `nil` when it is not of the frame.
  public func unit(of value: Value) -> Double? { frame.unit(of: value) }

  /// The value of the domain at `unit`, a number in 0...1; where the frame has one there that is not allowed, the nearest that is.
  public func value(atUnit unit: Double) -> Value {
    isNarrowed ? domain.nearest(to: frame.value(atUnit: unit), in: frame) : domain.value(atUnit: unit)
  }

  /// The value of the domain that is nearest to one of the frame, or to a number that may lie outside; the first where there is no near.
  public func nearest(to value: Value) -> Value { domain.normalized(value) ?? domain.nearest(to: value, in: frame) }

  /// The coordinate of the value that stands at `unit`: `unit` itself where every coordinate is a value, else the middle of an interval.
  public func snapped(_ unit: Double) -> Double {
    isNarrowed ? self.unit(of: value(atUnit: unit)) ?? 0.5 : domain.snapped(unit)
  }

  /// The coordinates of all values that may be proposed, in order; `nil` for a float without a step.
  public var units: [Double]? {
    guard isNarrowed else { return domain.units }
    return frame.count == nil ? nil : domain.values?.compactMap { frame.unit(of: $0) }
  }

  /// How many values may be proposed; `nil` for a float without a step, unless it is frozen.
  public var count: Int? { frozen == nil ? domain.count : 1 }

  /// The parameter as a model needs to know it.
  public var axis: Axis {
    let kind = frame.kind
    guard isNarrowed else { return Axis(kind) }
    if case .unordered(let count) = kind {
      let allowed = (domain.values ?? []).compactMap { frame.unit(of: $0).map { Int($0 * Double(count)) } }.sorted()
      let ends = (allowed.first ?? 0, allowed.last ?? count - 1)
      return Axis(kind, range: Double(ends.0) / Double(count)...Double(ends.1 + 1) / Double(count), allowed: allowed)
    }
    let first = frame.interval(of: domain.value(atUnit: 0)) ?? 0...1
    let last = frame.interval(of: domain.value(atUnit: 1)) ?? 0...1
    return Axis(kind, range: first.lowerBound...max(first.lowerBound, last.upperBound))
  }
}

extension SearchSpace {
  /// One for each parameter, in the order of `parameters`.
  public var axes: [Axis] { parameters.map(\.axis) }

  /// Whether any parameter's existence depends on others.
  public var isConditional: Bool { parameters.contains { $0.condition != nil } }

  /// The point with every coordinate moved to that of the value that stands there, see `Parameter.snapped`.
  /// - Parameter point: `dimensions` coordinates.
  public func snapped(_ point: [Double]) -> [Double] { zip(parameters, point).map { $0.snapped($1) } }
}
