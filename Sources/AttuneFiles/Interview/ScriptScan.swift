import AttuneCore
import AttuneValues

/// What a training script in Python shows of its hyperparameters.
///
/// Looks at `add_argument(…)` of argparse, `attune.live(…)` and `attune.config({…})`.
struct ScriptScan: Equatable {
  /// A parameter the script seems to have.
  struct Suggestion: Equatable {
    let parameter: Parameter
    /// `--lr`, when the value is given by a flag.
    let flag: String?
    /// The value it has now, as the script writes it.
    let standard: String
  }

  private(set) var suggestions: [Suggestion] = []
  /// Names under which it reports, in order.
  private(set) var metrics: [String] = []
  /// Whether it takes its values from Attune without being given them on the command line.
  let readsConfiguration: Bool

  init(_ text: String) {
    readsConfiguration = text.contains("attune.config(") || text.contains("attune.live(") || text.contains("ATTUNE_CONFIG")
    for call in PythonCalls.arguments(of: "attune.live", in: text) { add(Self.live(call)) }
    for call in PythonCalls.arguments(of: "attune.config", in: text) { Self.configuration(call, in: text).forEach { add($0) } }
    for call in PythonCalls.arguments(of: "add_argument", in: text) { add(Self.flag(call)) }
    for call in PythonCalls.arguments(of: "attune.report", in: text) {
      for name in call.compactMap(\.name) where name != "step" && !metrics.contains(name) { metrics.append(name) }
    }
  }

  private mutating func add(_ suggestion: Suggestion?) {
    guard let suggestion, !suggestions.contains(where: { $0.parameter.name == suggestion.parameter.name }) else { return }
    let isSound = (try? SearchSpace([suggestion.parameter])) != nil
    if isSound { suggestions.append(suggestion) }
  }

  /// `add_argument("--lr", type=float, default=1e-3)`; switches and positional arguments are left out.
  private static func flag(_ call: [PythonCalls.Argument]) -> Suggestion? {
    let flags = call.positional.compactMap(PythonCalls.string).filter { $0.hasPrefix("-") }
    guard let flag = flags.first(where: { $0.hasPrefix("--") }) ?? flags.first, call["action"] == nil, let text = call["default"] else {
      return nil
    }
    let name = PythonCalls.string(call["dest"]) ?? String(flag.drop { $0 == "-" }).replacing("-", with: "_")
    guard let value = value(text, isFloat: call["type"] == "float"),
      let domain = choices(call["choices"]) ?? RangeGuess.domain(name: name, value: value)
    else { return nil }
    return Suggestion(parameter: Parameter(name, domain), flag: flag, standard: text)
  }

  /// `attune.live("lr", 1e-3, min=1e-5, max=1, scale="log")`.
  private static func live(_ call: [PythonCalls.Argument]) -> Suggestion? {
    guard let name = PythonCalls.string(call.positional.first), let text = call.positional.dropFirst().first ?? call["default"] else {
      return nil
    }
    guard let value = value(text, isFloat: false) else { return nil }
    let scale = Scale(rawValue: PythonCalls.string(call["scale"]) ?? "") ?? .linear
    let lower = call["min"].flatMap { Self.value($0, isFloat: false)?.number },
      upper = call["max"].flatMap { Self.value($0, isFloat: false)?.number }
    var domain = choices(call["choices"]) ?? RangeGuess.domain(name: name, value: value)
    if let lower, let upper {
      if case .int = value, let lower = Int(exactly: lower), let upper = Int(exactly: upper) {
        domain = .int(lower: lower, upper: upper, scale: scale)
      } else {
        domain = .float(lower: lower, upper: upper, scale: scale)
      }
    }
    return domain.map { Suggestion(parameter: Parameter(name, $0, isLive: true), flag: nil, standard: text) }
  }

  /// `attune.config({"lr": 1e-3})`, or `attune.config(DEFAULTS)` with `DEFAULTS = {…}` in the same script.
  private static func configuration(_ call: [PythonCalls.Argument], in text: String) -> [Suggestion] {
    guard var literal = call.positional.first else { return [] }
    if !literal.hasPrefix("{") {
      guard let start = text.firstRange(of: "\(literal) = {") else { return [] }
      literal = "{" + text[start.upperBound...]
    }
    return PythonCalls.pieces(literal.dropFirst(), endingWith: "}").compactMap { entry in
      let parts = entry.split(separator: ":", maxSplits: 1).map { PythonCalls.trimmed(String($0)) }
      guard parts.count == 2, let name = PythonCalls.string(parts[0]), let value = value(parts[1], isFloat: false) else { return nil }
      return RangeGuess.domain(name: name, value: value).map { Suggestion(parameter: Parameter(name, $0), flag: nil, standard: parts[1]) }
    }
  }

  private static func choices(_ list: String?) -> Domain? {
    guard let list, let open = list.first, open == "[" || open == "(" else { return nil }
    let values = PythonCalls.pieces(list.dropFirst(), endingWith: open == "[" ? "]" : ")").compactMap { value($0, isFloat: false) }
    guard values.count >= 2 else { return nil }
    return values.allSatisfy { $0.number != nil } ? .ordinal(values) : .choice(values)
  }

  /// A Python literal; `nil` for anything else.
  private static func value(_ text: String, isFloat: Bool) -> Value? {
    if let string = PythonCalls.string(text) { return .string(string) }
    let value = Value(typed: text.replacing("_", with: ""))
    if case .string = value { return nil }
    return isFloat ? value.number.map(Value.float) : value
  }
}
