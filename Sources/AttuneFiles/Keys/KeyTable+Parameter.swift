import AttuneCore

/// The five words after `type`.
enum ParameterType: String, CaseIterable {
  case float, int, choice, ordinal, bool

  /// The keys that describe its values.
  var keys: [String] {
    switch self {
    case .float, .int: ["range", "scale", "step"]
    case .choice, .ordinal: ["values"]
    case .bool: []
    }
  }
}

extension KeyTable {
  static let parameter = KeyTable(
    section: "parameter", meaning: "One dimension of the search.",
    keys: [
      FileKey(
        "type", ParameterType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "), FileKey.required,
        "What kind of values it takes; `ordinal` is a choice whose values have an order.", example: "type: float",
        Shapes.oneOf(ParameterType.allCases.map(\.rawValue))),
      FileKey(
        "range", "two numbers", "required for float and int", "The lowest and the highest value, both included.",
        example: "range: [1e-5, 1.0]",
        Shapes.list(of: Shapes.number, atLeast: 2, atMost: 2)),
      FileKey(
        "values", "list of numbers, texts, true or false", "required for choice and ordinal",
        "The values to choose from; for ordinal in their order.",
        example: "values: [sgd, adam]", Shapes.list(of: Shapes.scalar)),
      FileKey(
        "scale", "`linear`, `log`", "linear",
        "How a range is searched: `log` gives equal ratios equal room and needs a lower bound above 0.",
        example: "scale: log", Shapes.oneOf(Scale.allCases.map(\.rawValue))),
      FileKey(
        "step", "number above 0", "none; 1 for int", "Only the lower bound and whole steps above it are tried.", example: "step: 0.1",
        ["type": "number", "exclusiveMinimum": 0]),
      FileKey(
        "when", "mapping of parameters to values, or expression", "always",
        "The parameter exists only where this holds; of several entries all must hold.", example: "when: {solver: [sgd, rmsprop]}",
        Shapes.either(Shapes.text, Shapes.mapping(of: Shapes.either(Shapes.scalar, Shapes.list(of: Shapes.scalar))))),
      FileKey(
        "default", "a value that the parameter takes", "none",
        "What trials of other experiments count with that do not have the parameter (`warm_start`).", example: "default: 0.9",
        Shapes.scalar),
      FileKey("live", "true or false", "false", "Whether a running trial's value may be changed.", example: "live: true", Shapes.flag),
      FileKey("unit", "text", "none", "What the value is measured in, for people.", example: "unit: ms", Shapes.text),
      FileKey("help", "text", "none", "What it does, for people.", example: "help: Share of the gradient kept", Shapes.text),
    ])
}
