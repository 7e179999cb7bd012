import AttuneMath
import AttuneValues

/// A change of what an experiment may propose from now on. What was tried stays known, in its own coordinates.
public enum SpaceEdit: Hashable, Sendable, Codable {
  /// New bounds that hold the old ones.
  case widen(String, lower: Value, upper: Value)
  /// New bounds within the old ones.
  case narrow(String, lower: Value, upper: Value)
  /// More values of a choice or an ordinal. Numbers among numbers in ascending order go to their place, others to the end.
  case add(String, values: [Value])
  /// Less values of a choice or an ordinal.
  case remove(String, values: [Value])
  /// One value from now on.
  case freeze(String, Value)
  /// What was allowed before `freeze`.
  case unfreeze(String)
  /// A new dimension, whose `standard` says with what value the trials before it count.
  case parameter(Parameter)

  /// The parameter it is about.
  public var name: String {
    switch self {
    case .widen(let name, _, _), .narrow(let name, _, _), .add(let name, _), .remove(let name, _), .freeze(let name, _),
      .unfreeze(let name):
      name
    case .parameter(let parameter): parameter.name
    }
  }
}

extension SpaceEdit {
  /// The space after the edit.
  /// - Throws: `SpaceEditError` when it makes no sense for this space.
  public func applied(to space: SearchSpace) throws(SpaceEditError) -> SearchSpace {
    if case .parameter(let parameter) = self { return try Self.space(space.parameters + [try checked(parameter)], like: space) }
    guard let index = space.parameters.firstIndex(where: { $0.name == name }) else {
      throw .unknownParameter(name: name, known: space.parameters.map(\.name))
    }
    if case .remove(let name, let values) = self {
      for value in values {
        if let text = space.formula(comparing: name, with: value) { throw .needed(name: name, value: value, by: text) }
      }
    }
    var parameters = space.parameters
    parameters[index] = try edited(parameters[index])
    return try Self.space(parameters, like: space)
  }

  /// Also tries whether the constraints leave anything: the same draws for the same space, as folding a journal asks again.
  private static func space(_ parameters: [Parameter], like space: SearchSpace) throws(SpaceEditError) -> SearchSpace {
    do {
      let edited = try SearchSpace(parameters, constraints: space.constraints)
      var random = RandomStream(seed: 0, purpose: "space edit", index: 0)
      _ = try edited.sample(using: &random)
      return edited
    } catch {
      throw .space(error)
    }
  }

  private func checked(_ parameter: Parameter) throws(SpaceEditError) -> Parameter {
    guard parameter.standard != nil else { throw .noStandard(name: parameter.name) }
    return parameter
  }

  private func edited(_ parameter: Parameter) throws(SpaceEditError) -> Parameter {
    if case .unfreeze(let name) = self {
      guard let thawed = parameter.thawed else { throw .notFrozen(name: name) }
      return parameter.with(domain: thawed, frame: parameter.frame)
    }
    if let value = parameter.frozen { throw .frozen(name: name, value: value) }
    switch self {
    case .widen(_, let lower, let upper): return try BoundsEdit(parameter).widened(lower, upper)
    case .narrow(_, let lower, let upper): return try BoundsEdit(parameter).narrowed(lower, upper)
    case .add(_, let values): return try ValuesEdit(parameter).adding(values)
    case .remove(_, let values): return try ValuesEdit(parameter).removing(values)
    case .freeze(let name, let value):
      guard let value = parameter.domain.normalized(value) else {
        throw .space(.valueNotAllowed(name: name, value: value, allowed: "\(parameter.domain)"))
      }
      return parameter.with(domain: parameter.frame.single(value), frame: parameter.frame, thawed: parameter.domain)
    case .unfreeze, .parameter: return parameter
    }
  }
}

extension Domain {
  /// A domain of the same kind with that one value.
  fileprivate func single(_ value: Value) -> Domain {
    switch (self, value) {
    case (.float(_, _, let scale, _), .float(let number)): .float(lower: number, upper: number, scale: scale)
    case (.int(_, _, let scale, _), .int(let integer)): .int(lower: integer, upper: integer, scale: scale)
    case (.choice, _): .choice([value])
    default: .ordinal([value])
    }
  }
}

extension SearchSpace {
  /// The condition or constraint that compares the parameter with the value; `nil` when there is none.
  fileprivate func formula(comparing name: String, with value: Value) -> String? {
    let formulas = parameters.compactMap(\.condition) + constraints
    return formulas.first { $0.names.contains(name) && $0.literals.contains { ExpressionNode.Operator.areEqual($0, value) } }?.text
  }
}
