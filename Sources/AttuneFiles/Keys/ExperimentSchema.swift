import AttuneValues

/// The experiment file as JSON Schema (2020-12), made from the key tables the parser reads by.
public enum ExperimentSchema {
  /// What the first line of a written file calls it: put `text` beside the file under this name, and editors complete and check.
  public static let fileName = "experiment.schema.json"

  /// The schema, indented.
  public static var text: String { json.indentedText + "\n" }

  static let sections: [(name: String, table: KeyTable)] = [
    ("objective", .objective), ("seeds", .seeds), ("limits", .limits), ("metrics", .metrics), ("resources", .resources), ("local", .local),
    ("warm_start", .warmStart),
    ("parameter", .parameter),
  ]

  static var json: JSON {
    var members = KeyTable.experiment.schema.object ?? [:]
    members["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    members["title"] = "Attune experiment"
    members["oneOf"] = [["required": ["objective"]], ["required": ["objectives"]]]
    var definitions = Dictionary(sections.map { ($0.name, $0.table.schema) }, uniquingKeysWith: { first, _ in first })
    definitions["parameter"] = parameter
    definitions["algorithm"] = Shapes.either(Shapes.text, KeyTable.algorithm.schema)
    members["$defs"] = .object(definitions)
    return .object(members)
  }

  /// The parameter's table, and for each type the keys that go with it.
  private static var parameter: JSON {
    var members = KeyTable.parameter.schema.object ?? [:]
    let kindKeys = Set(ParameterType.allCases.flatMap(\.keys))
    members["allOf"] = .array(
      ParameterType.allCases.map { type in
        let needed = type.keys.filter { $0 == "range" || $0 == "values" }
        let refused = kindKeys.subtracting(type.keys).sorted().map { ($0, JSON.bool(false)) }
        var then: [String: JSON] = ["properties": .object(Dictionary(refused, uniquingKeysWith: { first, _ in first }))]
        if !needed.isEmpty { then["required"] = .array(needed.map(JSON.string)) }
        return ["if": ["properties": ["type": ["const": .string(type.rawValue)]], "required": ["type"]], "then": .object(then)]
      })
    return .object(members)
  }
}

extension JSON {
  /// The document over several lines, two spaces a level, members in the order of their names.
  var indentedText: String { indented("") }

  private func indented(_ margin: String) -> String {
    let inner = margin + "  "
    switch self {
    case .array(let elements) where elements.contains { $0.array != nil || $0.object != nil }:
      return "[\n" + elements.map { inner + $0.indented(inner) }.joined(separator: ",\n") + "\n\(margin)]"
    case .array(let elements): return "[" + elements.map(\.text).joined(separator: ", ") + "]"
    case .object(let members) where members.isEmpty: return "{}"
    case .object(let members):
      let lines = members.sorted { $0.key < $1.key }.map { "\(inner)\(JSON.string($0.key).text): \($0.value.indented(inner))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
    default: return text
    }
  }
}
