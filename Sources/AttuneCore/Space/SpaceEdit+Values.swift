import AttuneValues

/// More or less values for a choice or an ordinal. The frame keeps those that are removed, at their places.
struct ValuesEdit {
  private let parameter: Parameter

  init(_ parameter: Parameter) { self.parameter = parameter }

  func adding(_ values: [Value]) throws(SpaceEditError) -> Parameter {
    var frame = try Self.values(of: parameter.frame, parameter)
    var allowed = try Self.values(of: parameter.domain, parameter)
    for value in values {
      if parameter.domain.contains(value) || allowed.contains(value) { throw .valueKnown(name: parameter.name, value: value) }
      let known = parameter.frame.normalized(value)
      if known == nil { insert(value, into: &frame) }
      allowed.append(known ?? value)
    }
    return made(frame, Set(allowed))
  }

  func removing(_ values: [Value]) throws(SpaceEditError) -> Parameter {
    let frame = try Self.values(of: parameter.frame, parameter)
    var allowed = Set(try Self.values(of: parameter.domain, parameter))
    for value in values {
      guard let known = parameter.domain.normalized(value), allowed.remove(known) != nil else {
        throw .space(.valueNotAllowed(name: parameter.name, value: value, allowed: "\(parameter.domain)"))
      }
    }
    guard !allowed.isEmpty else { throw .nothingLeft(name: parameter.name) }
    return made(frame, allowed)
  }

  private func made(_ frame: [Value], _ allowed: Set<Value>) -> Parameter {
    let domain = frame.filter(allowed.contains)
    if case .ordinal = parameter.frame { return parameter.with(domain: .ordinal(domain), frame: .ordinal(frame)) }
    return parameter.with(domain: .choice(domain), frame: .choice(frame))
  }

  private func insert(_ value: Value, into values: inout [Value]) {
    let numbers = values.compactMap { $0.isBool ? nil : $0.number }
    let isAscending = numbers.count == values.count && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
    guard case .ordinal = parameter.frame, isAscending, !value.isBool, let number = value.number else { return values.append(value) }
    values.insert(value, at: numbers.firstIndex { $0 > number } ?? values.endIndex)
  }

  private static func values(of domain: Domain, _ parameter: Parameter) throws(SpaceEditError) -> [Value] {
    switch domain {
    case .choice(let values), .ordinal(let values): return values
    default: throw .noValues(name: parameter.name, domain: "\(parameter.domain)")
    }
  }
}
