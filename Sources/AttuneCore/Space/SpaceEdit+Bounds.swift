import AttuneValues

/// New bounds for a float or an int. A step keeps its grid: bounds move inward to the next value on it.
struct BoundsEdit {
  private let parameter: Parameter

  init(_ parameter: Parameter) { self.parameter = parameter }

  func widened(_ lower: Value, _ upper: Value) throws(SpaceEditError) -> Parameter {
    let (current, given) = try bounds(lower, upper)
    guard given.lower <= current.lower, given.upper >= current.upper, given != current else {
      throw .notWider(name: parameter.name, lower: lower, upper: upper, current: "\(parameter.domain)")
    }
    return try moved(lower, upper)
  }

  func narrowed(_ lower: Value, _ upper: Value) throws(SpaceEditError) -> Parameter {
    let (current, given) = try bounds(lower, upper)
    guard given.lower >= current.lower, given.upper <= current.upper, given != current else {
      throw .notNarrower(name: parameter.name, lower: lower, upper: upper, current: "\(parameter.domain)")
    }
    return try moved(lower, upper)
  }

  private typealias Bounds = (lower: Double, upper: Double)

  private func bounds(_ lower: Value, _ upper: Value) throws(SpaceEditError) -> (current: Bounds, given: Bounds) {
    let name = parameter.name
    let current: Bounds
    switch parameter.domain {
    case .float(let lower, let upper, _, _): current = (lower, upper)
    case .int(let lower, let upper, _, _): current = (Double(lower), Double(upper))
    default: throw .noRange(name: name, values: "\(parameter.domain)")
    }
    for bound in [lower, upper] where bound.isBool || !(bound.number?.isFinite ?? false) { throw .space(.notFinite(name: name)) }
    let given = (lower: lower.number ?? 0, upper: upper.number ?? 0)
    guard given.lower <= given.upper else { throw .space(.emptyRange(name: name, lower: lower, upper: upper)) }
    return (current, given)
  }

  private func moved(_ lower: Value, _ upper: Value) throws(SpaceEditError) -> Parameter {
    switch (parameter.domain, parameter.frame) {
    case (.float, .float(let low, let high, let scale, nil)):
      let (lower, upper) = (lower.number ?? low, upper.number ?? high)
      return parameter.with(
        domain: .float(lower: lower, upper: upper, scale: scale),
        frame: .float(lower: min(low, lower), upper: max(high, upper), scale: scale))
    case (.float, .float(let low, let high, let scale, let step?)):
      let ends = try steps(lower, upper, from: low, step)
      let domain = Domain.stepped(low + ends.lowerBound * step, Int(ends.upperBound - ends.lowerBound), step, scale)
      let first = min(0, ends.lowerBound)
      let last = max(((high - low) / step + 1e-9).rounded(.down), ends.upperBound)
      return parameter.with(domain: domain, frame: .stepped(low + first * step, Int(last - first), step, scale))
    case (.int, .int(let low, let high, let scale, let step)):
      let width = Double(step ?? 1)
      let ends = try steps(lower, upper, from: Double(low), width)
      let domain = Domain.int(
        lower: low + Int(ends.lowerBound * width), upper: low + Int(ends.upperBound * width), scale: scale, step: step)
      guard case .int(let lower, let upper, _, _) = domain else { return parameter }
      return parameter.with(
        domain: lower == upper ? .int(lower: lower, upper: upper, scale: scale) : domain,
        frame: .int(lower: min(low, lower), upper: max(high, upper), scale: scale, step: step))
    default: throw .noRange(name: parameter.name, values: "\(parameter.domain)")
    }
  }

  /// The whole steps from `origin` between the bounds.
  private func steps(_ lower: Value, _ upper: Value, from origin: Double, _ step: Double) throws(SpaceEditError) -> ClosedRange<Double> {
    let first = (((lower.number ?? 0) - origin) / step - 1e-9).rounded(.up)
    let last = (((upper.number ?? 0) - origin) / step + 1e-9).rounded(.down)
    guard first <= last else { throw .betweenSteps(name: parameter.name, lower: lower, upper: upper, domain: "\(parameter.frame)") }
    guard max(abs(first), abs(last)) * step < 0x1p53 else { throw .space(.notFinite(name: parameter.name)) }
    return first...last
  }
}

extension Domain {
  /// The float with `count` steps above `lower`; one value needs no step.
  fileprivate static func stepped(_ lower: Double, _ count: Int, _ step: Double, _ scale: Scale) -> Domain {
    guard count > 0 else { return .float(lower: lower, upper: lower, scale: scale) }
    var upper = lower + Double(count) * step
    // Rounding must not leave a width below one step.
    while upper - lower < step { upper = upper.nextUp }
    return .float(lower: lower, upper: upper, scale: scale, step: step)
  }
}
