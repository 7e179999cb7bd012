import AttuneValues

/// What is wrong with a search space, or with a configuration for one.
public enum SpaceError: Error, Hashable, Sendable {
  case noParameters
  case duplicateParameter(name: String)
  case badName(name: String)
  case emptyRange(name: String, lower: Value, upper: Value)
  case notFinite(name: String)
  case nonPositiveLogBound(name: String, lower: Value)
  case badStep(name: String, step: Value, width: Value)
  case noValues(name: String)
  case duplicateValue(name: String, value: Value)
  case unknownInCondition(name: String, unknown: String, known: [String])
  case circularCondition(names: [String])
  case unknownInConstraint(constraint: String, unknown: String, known: [String])
  case constraintsTooTight(constraints: [String])
  case missingValue(name: String, allowed: String)
  case valueNotAllowed(name: String, value: Value, allowed: String)
  case unknownParameter(name: String, known: [String])
  case inactiveParameter(name: String, condition: String)
  case constraintBroken(constraint: String, configuration: Configuration)
  case outsideFrame(name: String, frame: String)
  case cannotComplete(Configuration)
}

extension SpaceError {
  /// The parameter or constraint the error is about, for finding its line in a file.
  public var subject: String? {
    switch self {
    case .noParameters, .circularCondition, .constraintsTooTight, .cannotComplete: nil
    case .duplicateParameter(let name), .badName(let name), .emptyRange(let name, _, _), .notFinite(let name),
      .nonPositiveLogBound(let name, _), .badStep(let name, _, _), .noValues(let name), .duplicateValue(let name, _),
      .unknownInCondition(let name, _, _), .missingValue(let name, _), .valueNotAllowed(let name, _, _),
      .unknownParameter(let name, _), .inactiveParameter(let name, _), .outsideFrame(let name, _):
      name
    case .unknownInConstraint(let text, _, _), .constraintBroken(let text, _): text
    }
  }
}

extension SpaceError: CustomStringConvertible {
  /// One line: the thing, what arrived, what is allowed.
  public var description: String {
    switch self {
    case .noParameters:
      "parameters: none given; a search needs at least one, e.g. learning_rate: {type: float, range: [1e-5, 1.0], scale: log}"
    case .duplicateParameter(let name): "parameter '\(name)': declared twice; names must be unique"
    case .badName(let name): "parameter '\(name)': a name is made of letters, digits, '_', '.' and '-', and starts with a letter or '_'"
    case .emptyRange(let name, let lower, let upper):
      "parameter '\(name)': range [\(lower), \(upper)] is empty; the lower bound must not exceed the upper. Did you mean [\(upper), \(lower)]?"
    case .notFinite(let name): "parameter '\(name)': a bound is not a finite number, or the range is too wide to count"
    case .nonPositiveLogBound(let name, let lower):
      "parameter '\(name)': a log scale needs a lower bound > 0, got \(lower). Use a linear scale, or start at \(lower.isInt ? "1" : "1e-12")."
    case .badStep(let name, let step, let width):
      "parameter '\(name)': step \(step) does not fit; allowed is a step > 0 and at most the range's width \(width)"
    case .noValues(let name): "parameter '\(name)': no values given; at least one is needed"
    case .duplicateValue(let name, let value): "parameter '\(name)': the value \(value) is listed twice"
    case .unknownInCondition(let name, let unknown, let known):
      "parameter '\(name)': its condition names '\(unknown)', which is no parameter" + Nearest.hint(unknown, among: known)
    case .circularCondition(let names): "parameters \(names.joined(separator: ", ")): their conditions depend on one another in a circle"
    case .unknownInConstraint(let constraint, let unknown, let known):
      "constraint '\(constraint)': '\(unknown)' is no parameter" + Nearest.hint(unknown, among: known)
    case .constraintsTooTight(let constraints):
      "constraints \(constraints.map { "'\($0)'" }.joined(separator: ", ")): 10,000 draws found no configuration that keeps them; widen the ranges or loosen the constraints"
    case .missingValue(let name, let allowed): "parameter '\(name)': no value given; allowed: \(allowed)"
    case .valueNotAllowed(let name, let value, let allowed): "parameter '\(name)': \(value) refused; allowed: \(allowed)"
    case .unknownParameter(let name, let known): "'\(name)' is no parameter" + Nearest.hint(name, among: known)
    case .inactiveParameter(let name, let condition): "parameter '\(name)': given, but it exists only when \(condition)"
    case .constraintBroken(let constraint, let configuration): "constraint '\(constraint)' does not hold for \(configuration)"
    case .cannotComplete(let given):
      "\(given): 10,000 draws found no values for the other parameters that keep conditions and constraints"
    case .outsideFrame(let name, let frame): "parameter '\(name)': a value that may be proposed has no place among \(frame)"
    }
  }
}

extension Value {
  var isInt: Bool { if case .int = self { true } else { false } }
}
