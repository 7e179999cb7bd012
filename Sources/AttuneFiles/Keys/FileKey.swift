import AttuneValues

/// One key of the experiment file: what the parser knows, the schema checks and the guide explains, in one place.
struct FileKey: Sendable {
  let name: String
  /// What it takes, in the guide's words.
  let takes: String
  /// What holds without it, in the guide's words.
  let standard: String
  /// One sentence.
  let meaning: String
  /// For a message when it is missing, and for the guide.
  let example: String
  /// Its value as JSON Schema.
  let shape: JSON

  init(_ name: String, _ takes: String, _ standard: String = "–", _ meaning: String, example: String, _ shape: JSON) {
    self.name = name
    self.takes = takes
    self.standard = standard
    self.meaning = meaning
    self.example = example
    self.shape = shape
  }

  /// Whether the file must have it.
  var isRequired: Bool { standard == Self.required }

  static let required = "required"
}

/// The keys of one mapping of the file.
struct KeyTable: Sendable {
  /// How messages call the mapping; empty for the whole file.
  let section: String
  /// For the guide and the schema.
  let meaning: String
  let keys: [FileKey]
  /// What other names may stand here, as JSON Schema; `nil` for none.
  var others: JSON?

  var names: [String] { keys.map(\.name) }

  /// The mapping as JSON Schema.
  var schema: JSON {
    var members: [String: JSON] = [
      "type": "object", "description": .string(meaning),
      "properties": .object(
        Dictionary(
          keys.map { key in
            var shape = key.shape.object ?? [:]
            shape["description"] = .string("\(key.meaning) Example: \(key.example)")
            return (key.name, .object(shape))
          }, uniquingKeysWith: { first, _ in first })),
      "additionalProperties": others ?? false,
    ]
    let required = keys.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { members["required"] = .array(required) }
    return .object(members)
  }

  /// The table of the guide.
  var markdown: String {
    let rows = keys.map { "| `\($0.name)` | \($0.takes) | \($0.standard) | \($0.meaning) | `\($0.example)` |" }
    return (["| Key | Takes | Default | Meaning | Example |", "|---|---|---|---|---|"] + rows).joined(separator: "\n")
  }
}
