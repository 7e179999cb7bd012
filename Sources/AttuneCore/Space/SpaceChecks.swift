import AttuneValues

/// The rules that make a list of parameters a search space.
enum SpaceChecks {
  static func check(_ parameters: [Parameter], _ constraints: [Expression]) throws(SpaceError) {
    guard !parameters.isEmpty else { throw .noParameters }
    let names = parameters.map(\.name)
    var seen: Set<String> = []
    for parameter in parameters {
      guard isName(parameter.name) else { throw .badName(name: parameter.name) }
      guard seen.insert(parameter.name).inserted else { throw .duplicateParameter(name: parameter.name) }
      try check(parameter.domain, of: parameter.name)
      if parameter.isNarrowed { try check(parameter.frame, of: parameter.name) }
      for domain in [parameter.domain, parameter.thawed].compactMap(\.self) {
        guard domain.isPart(of: parameter.frame) else { throw .outsideFrame(name: parameter.name, frame: "\(parameter.frame)") }
      }
      if let standard = parameter.standard, !parameter.frame.contains(standard) {
        throw .valueNotAllowed(name: parameter.name, value: standard, allowed: "\(parameter.frame)")
      }
    }
    for parameter in parameters {
      for unknown in parameter.condition?.names.sorted() ?? [] where !seen.contains(unknown) {
        throw .unknownInCondition(name: parameter.name, unknown: unknown, known: names)
      }
    }
    for constraint in constraints {
      for unknown in constraint.names.sorted() where !seen.contains(unknown) {
        throw .unknownInConstraint(constraint: constraint.text, unknown: unknown, known: names)
      }
    }
  }

  /// Every parameter after those its condition names.
  static func evaluationOrder(_ parameters: [Parameter]) throws(SpaceError) -> [Int] {
    var order: [Int] = []
    var placed: Set<String> = []
    var open = Array(parameters.indices)
    while !open.isEmpty {
      let ready = open.filter { placed.isSuperset(of: parameters[$0].condition?.names ?? []) }
      guard !ready.isEmpty else { throw .circularCondition(names: open.map { parameters[$0].name }) }
      order += ready
      placed.formUnion(ready.map { parameters[$0].name })
      open.removeAll { placed.contains(parameters[$0].name) }
    }
    return order
  }

  private static func check(_ domain: Domain, of name: String) throws(SpaceError) {
    switch domain {
    case .float(let lower, let upper, let scale, let step):
      guard lower.isFinite, upper.isFinite, step?.isFinite ?? true else { throw .notFinite(name: name) }
      guard lower <= upper else { throw .emptyRange(name: name, lower: .float(lower), upper: .float(upper)) }
      if scale == .log, lower <= 0 { throw .nonPositiveLogBound(name: name, lower: .float(lower)) }
      if let step, step <= 0 || step > upper - lower { throw .badStep(name: name, step: .float(step), width: .float(upper - lower)) }
    case .int(let lower, let upper, let scale, let step):
      guard lower <= upper else { throw .emptyRange(name: name, lower: .int(lower), upper: .int(upper)) }
      let (width, overflow) = upper.subtractingReportingOverflow(lower)
      guard !overflow, width < .max else { throw .notFinite(name: name) }
      if scale == .log, lower <= 0 { throw .nonPositiveLogBound(name: name, lower: .int(lower)) }
      if let step, step <= 0 || step > upper - lower { throw .badStep(name: name, step: .int(step), width: .int(upper - lower)) }
    case .choice(let values), .ordinal(let values):
      guard !values.isEmpty else { throw .noValues(name: name) }
      var seen: Set<Value> = []
      for value in values where !seen.insert(value).inserted { throw .duplicateValue(name: name, value: value) }
    case .bool: break
    }
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, first == "_" || first.properties.isAlphabetic else { return false }
    return name.unicodeScalars.allSatisfy { "_.-".unicodeScalars.contains($0) || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
  }
}
