import AttuneCore
import AttuneValues

/// A parameter on one line, as a person types it: `lr float 1e-5 1 log`, `layers int 1 8`, `solver choice sgd adam`, `bias bool`.
public enum ParameterNotation {
  static let example = "lr float 1e-5 1 log, layers int 1 8, solver choice sgd adam, bias bool"

  static func text(_ domain: Domain) -> String {
    switch domain {
    case .float(let lower, let upper, let scale, _): "float \(lower) \(upper)" + (scale == .log ? " log" : "")
    case .int(let lower, let upper, let scale, _): "int \(lower) \(upper)" + (scale == .log ? " log" : "")
    case .choice(let values): "choice " + words(values)
    case .ordinal(let values): "ordinal " + words(values)
    case .bool: "bool"
    }
  }

  /// The domain in the words behind a name.
  public static func domain(_ words: [String], of name: String) throws(InterviewProblem) -> Domain {
    let types = ParameterType.allCases.map(\.rawValue)
    guard let word = words.first, let type = ParameterType(rawValue: word) else {
      let near = words.first.flatMap { Nearest.match($0, among: types) }.map { ". Did you mean '\($0)'?" } ?? ""
      throw InterviewProblem("'\(name)' needs a type; allowed: \(types.joined(separator: ", "))\(near)")
    }
    let rest = Array(words.dropFirst())
    switch type {
    case .bool: return .bool
    case .choice: return .choice(rest.map(Value.init(typed:)))
    case .ordinal: return .ordinal(rest.map(Value.init(typed:)))
    case .float, .int:
      let scale = rest.count == 3 ? Scale(rawValue: rest[2]) : .linear
      guard let scale, rest.count == 2 || rest.count == 3 else {
        throw InterviewProblem("'\(name)' needs two bounds, and 'log' for a log scale; e.g. float 1e-5 1 log")
      }
      return try numeric(type, rest, scale)
    }
  }

  private static func numeric(_ type: ParameterType, _ words: [String], _ scale: Scale) throws(InterviewProblem) -> Domain {
    if type == .int {
      guard let lower = Int(words[0]), let upper = Int(words[1]) else {
        throw InterviewProblem("the bounds of an int are whole numbers; got \(words[0]) and \(words[1])")
      }
      return .int(lower: lower, upper: upper, scale: scale)
    }
    guard let lower = Double(words[0]), let upper = Double(words[1]) else {
      throw InterviewProblem("bounds are numbers; got \(words[0]) and \(words[1])")
    }
    return .float(lower: lower, upper: upper, scale: scale)
  }

  private static func words(_ values: [Value]) -> String {
    values.map { $0.description.contains(where: \.isWhitespace) ? "\"\($0)\"" : $0.description }.joined(separator: " ")
  }
}
