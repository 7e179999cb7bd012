import AttuneCore
import AttuneFiles
import AttuneValues

/// An edit of a search space as a person types it: `widen lr 1e-6 1`, `remove solver sgd`.
enum SpaceWords {
  /// Every verb with what stands behind it.
  static let forms = [
    ("widen", "NAME LOWER UPPER"), ("narrow", "NAME LOWER UPPER"), ("add", "NAME VALUE…"), ("remove", "NAME VALUE…"),
    ("freeze", "NAME VALUE"),
    ("unfreeze", "NAME"), ("parameter", "NAME TYPE… default VALUE"),
  ]

  static var verbs: [String] { forms.map(\.0) }

  /// - Throws: `Failure`, bad input.
  static func edit(_ words: [String], in space: SearchSpace) throws(Failure) -> SpaceEdit {
    guard let verb = words.first, let form = forms.first(where: { $0.0 == verb }) else {
      let given = words.first.map { "'\($0)' is no edit" + Nearest.hint($0, among: verbs) } ?? "no edit given"
      throw Failure(.badInput, "\(given). Nothing was changed")
    }
    guard words.count >= 2 else { throw misuse(form) }
    let (name, rest) = (words[1], Array(words.dropFirst(2)))
    let values = rest.map { value($0, of: space[name]) }
    switch (verb, values.count) {
    case ("widen", 2): return .widen(name, lower: values[0], upper: values[1])
    case ("narrow", 2): return .narrow(name, lower: values[0], upper: values[1])
    case ("add", 1...): return .add(name, values: values)
    case ("remove", 1...): return .remove(name, values: values)
    case ("freeze", 1): return .freeze(name, values[0])
    case ("unfreeze", 0): return .unfreeze(name)
    case ("parameter", 3...): return .parameter(try parameter(name, rest, form))
    default: throw misuse(form)
    }
  }

  private static func misuse(_ form: (String, String)) -> Failure {
    Failure(.badInput, "`attune space [EXPERIMENT] \(form.0) \(form.1)` is how to \(form.0). Nothing was changed")
  }

  /// A word means the value that is written like it, where the parameter has one; a text among texts.
  private static func value(_ word: String, of parameter: Parameter?) -> Value {
    switch parameter?.frame {
    case .choice(let values)?, .ordinal(let values)?: return value(word, among: values)
    default: return Value(typed: word)
    }
  }

  private static func value(_ word: String, among values: [Value]) -> Value {
    if let known = values.first(where: { $0.description == word }) { return known }
    let areTexts = values.allSatisfy { if case .string = $0 { true } else { false } }
    return areTexts ? .string(word) : Value(typed: word)
  }

  private static func parameter(_ name: String, _ words: [String], _ form: (String, String)) throws(Failure) -> Parameter {
    guard words.count >= 3, words[words.count - 2] == "default", let last = words.last else { throw misuse(form) }
    let domain: Domain
    do { domain = try ParameterNotation.domain(Array(words.dropLast(2)), of: name) } catch {
      throw Failure(.badInput, "\(error). Nothing was changed")
    }
    return Parameter(name, domain, standard: domain.values?.first { $0.description == last } ?? Value(typed: last))
  }
}
