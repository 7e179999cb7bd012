import AttuneMath
import AttuneValues

/// Where an experiment searches: parameters, the conditions under which they exist, and constraints on their values.
///
/// A value of this type is always sound: names are unique, ranges are not empty, and conditions refer to other parameters
/// without a circle. `parameters` keeps the order given; `resolved` is an order in which conditions can be evaluated.
public struct SearchSpace: Hashable, Sendable {
  /// In the order given.
  public let parameters: [Parameter]
  /// Each holds for every configuration; one that names an absent parameter counts as holding.
  public let constraints: [Expression]
  /// Indices into `parameters`, every parameter after those its condition names.
  public let resolved: [Int]

  /// - Throws: `SpaceError`, the first problem found.
  public init(_ parameters: [Parameter], constraints: [Expression] = []) throws(SpaceError) {
    try SpaceChecks.check(parameters, constraints)
    resolved = try SpaceChecks.evaluationOrder(parameters)
    self.parameters = parameters
    self.constraints = constraints
  }

  /// The parameter of that name.
  public subscript(name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// One coordinate for each parameter.
  public var dimensions: Int { parameters.count }
}

extension SearchSpace {
  /// The configuration at a point of the unit cube; coordinates of absent parameters are not looked at.
  ///
  /// It belongs to every domain and keeps every condition, but not necessarily the constraints: see `satisfiesConstraints`.
  /// - Parameter point: `dimensions` coordinates in 0...1, in the order of `parameters`.
  public func configuration(at point: [Double]) -> Configuration {
    precondition(point.count == dimensions, "a point of this space has \(dimensions) coordinates; got \(point.count)")
    return configuration { parameters[$0].value(atUnit: point[$0]) }
  }

  /// The configuration of those parameters that exist beside one another.
  /// - Parameter value: a value for the parameter at that index of `parameters`; asked only for parameters that exist.
  public func configuration(of value: (Int) -> Value) -> Configuration {
    var configuration = Configuration()
    for index in resolved where isActive(parameters[index], in: configuration) {
      configuration[parameters[index].name] = value(index)
    }
    return configuration
  }

  /// The point of a configuration in the unit cube; 0.5 for absent parameters.
  /// - Returns: `dimensions` coordinates in the order of `parameters`.
  /// - Precondition: `validate` accepts the configuration.
  public func point(of configuration: Configuration) -> [Double] {
    parameters.map { parameter in configuration[parameter.name].flatMap { parameter.unit(of: $0) } ?? 0.5 }
  }

  /// Whether a parameter exists beside the given values.
  public func isActive(_ parameter: Parameter, in configuration: Configuration) -> Bool {
    parameter.condition?.holds(in: configuration, whereAbsent: false) ?? true
  }

  /// Whether every constraint holds.
  public func satisfiesConstraints(_ configuration: Configuration) -> Bool {
    constraints.allSatisfy { $0.holds(in: configuration, whereAbsent: true) }
  }

  /// The configuration with every value in its parameter's own type, as far as it has a place there. What was written as JSON and read
  /// again has an int for the float 1.0.
  public func normalized(_ configuration: Configuration) -> Configuration {
    Configuration(
      Dictionary(uniqueKeysWithValues: configuration.values.map { name, value in (name, self[name]?.frame.normalized(value) ?? value) }))
  }

  /// The configuration with the standard of every parameter that it does not have although the parameter exists for it.
  public func completed(_ configuration: Configuration) -> Configuration {
    guard parameters.contains(where: { $0.standard != nil && configuration[$0.name] == nil }) else { return configuration }
    var configuration = configuration
    for index in resolved where configuration[parameters[index].name] == nil && isActive(parameters[index], in: configuration) {
      configuration[parameters[index].name] = parameters[index].standard
    }
    return configuration
  }

  /// A configuration drawn uniformly from what may be proposed, conditions and constraints kept by drawing again.
  /// - Parameter given: values that are not drawn, each of its parameter's domain.
  /// - Throws: `SpaceError.constraintsTooTight` or `.cannotComplete` after 10,000 draws in vain.
  public func sample(keeping given: Configuration = Configuration(), using random: inout RandomStream) throws(SpaceError) -> Configuration {
    for _ in 0..<10_000 {
      let units = parameters.map { _ in random.nextUnit() }
      let drawn = configuration { given[parameters[$0].name] ?? parameters[$0].domain.value(atUnit: units[$0]) }
      if satisfiesConstraints(drawn), given.values.keys.allSatisfy({ drawn[$0] != nil }) { return drawn }
    }
    if !given.values.isEmpty { throw .cannotComplete(given) }
    throw .constraintsTooTight(constraints: constraints.map(\.text))
  }

  /// The same configuration with every value in its domain's own type.
  /// - Throws: `SpaceError` when a value is missing, unknown, not allowed, or a constraint is broken.
  public func validate(_ configuration: Configuration) throws(SpaceError) -> Configuration {
    var valid = Configuration()
    for index in resolved {
      let parameter = parameters[index]
      guard isActive(parameter, in: valid) else { continue }
      guard let value = configuration[parameter.name] else { throw .missingValue(name: parameter.name, allowed: "\(parameter.domain)") }
      guard let normalized = parameter.domain.normalized(value) else {
        throw .valueNotAllowed(name: parameter.name, value: value, allowed: "\(parameter.domain)")
      }
      valid[parameter.name] = normalized
    }
    for name in configuration.values.keys.sorted() where valid[name] == nil {
      throw self[name] == nil
        ? .unknownParameter(name: name, known: parameters.map(\.name))
        : .inactiveParameter(name: name, condition: self[name]?.condition?.text ?? "")
    }
    for constraint in constraints where !constraint.holds(in: valid, whereAbsent: true) {
      throw .constraintBroken(constraint: constraint.text, configuration: valid)
    }
    return valid
  }
}

extension SearchSpace: Codable {
  private enum CodingKeys: CodingKey { case parameters, constraints }

  /// Reads what `encode` wrote and checks it again.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      container.decode([Parameter].self, forKey: .parameters), constraints: container.decode([Expression].self, forKey: .constraints))
  }

  /// Writes parameters and constraints.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(constraints, forKey: .constraints)
  }
}
