import AttuneValues

/// Why an edit of a search space makes no sense. Nothing was changed.
public enum SpaceEditError: Error, Hashable, Sendable {
  case unknownParameter(name: String, known: [String])
  case noRange(name: String, values: String)
  case noValues(name: String, domain: String)
  case notWider(name: String, lower: Value, upper: Value, current: String)
  case notNarrower(name: String, lower: Value, upper: Value, current: String)
  case betweenSteps(name: String, lower: Value, upper: Value, domain: String)
  case valueKnown(name: String, value: Value)
  case nothingLeft(name: String)
  case needed(name: String, value: Value, by: String)
  case frozen(name: String, value: Value)
  case notFrozen(name: String)
  case noStandard(name: String)
  /// The space it would give is none.
  case space(SpaceError)
}

extension SpaceEditError: CustomStringConvertible {
  /// One line: the thing, what arrived, what is allowed.
  public var description: String {
    switch self {
    case .unknownParameter(let name, let known): "'\(name)' is no parameter" + Nearest.hint(name, among: known)
    case .noRange(let name, let values):
      "parameter '\(name)': has no range but the values \(values); `add` and `remove` change values, `freeze` keeps one"
    case .noValues(let name, let domain):
      "parameter '\(name)': \(domain) is no list of values to add to or remove from; `widen` and `narrow` change a range, `freeze` keeps one value"
    case .notWider(let name, let lower, let upper, let current):
      "parameter '\(name)': [\(lower), \(upper)] does not widen \(current); both bounds must stay or move outward (`narrow` moves them inward)"
    case .notNarrower(let name, let lower, let upper, let current):
      "parameter '\(name)': [\(lower), \(upper)] does not narrow \(current); both bounds must stay or move inward (`widen` moves them outward)"
    case .betweenSteps(let name, let lower, let upper, let domain):
      "parameter '\(name)': there is no value in [\(lower), \(upper)] among \(domain)"
    case .valueKnown(let name, let value): "parameter '\(name)': may take \(value) already"
    case .nothingLeft(let name): "parameter '\(name)': no value would be left; at least one is needed"
    case .needed(let name, let value, let formula): "parameter '\(name)': \(value) cannot be removed, for '\(formula)' names it"
    case .frozen(let name, let value): "parameter '\(name)': is frozen to \(value); `unfreeze` it first"
    case .notFrozen(let name): "parameter '\(name)': is not frozen"
    case .noStandard(let name): "parameter '\(name)': needs a default, with which the trials of before count"
    case .space(let error): error.description
    }
  }
}
