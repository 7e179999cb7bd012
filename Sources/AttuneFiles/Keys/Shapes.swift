import AttuneValues

/// Pieces of JSON Schema that several keys share.
enum Shapes {
  static let text: JSON = ["type": "string", "minLength": 1]
  static let flag: JSON = ["type": "boolean"]
  static let number: JSON = ["type": "number"]
  static let scalar: JSON = ["type": ["string", "number", "boolean"]]
  static let duration: JSON = [
    "anyOf": [["type": "number", "minimum": 0], ["type": "string", "pattern": "^\\s*([0-9.]+\\s*(d|h|m|s|ms)\\s*)+$|^[0-9.]+$"]]
  ]

  static func count(from least: Int) -> JSON { ["type": "integer", "minimum": .int(least)] }

  static func oneOf(_ words: [String]) -> JSON { ["enum": .array(words.map(JSON.string))] }

  static func list(of element: JSON, atLeast count: Int = 1, atMost: Int? = nil) -> JSON {
    var members: [String: JSON] = ["type": "array", "items": element, "minItems": .int(count)]
    if let atMost { members["maxItems"] = .int(atMost) }
    return .object(members)
  }

  static func mapping(of value: JSON, atLeast count: Int = 0) -> JSON {
    var members: [String: JSON] = ["type": "object", "additionalProperties": value]
    if count > 0 { members["minProperties"] = .int(count) }
    return .object(members)
  }

  static func either(_ shapes: JSON...) -> JSON { ["anyOf": .array(shapes)] }

  static func reference(_ name: String) -> JSON { ["$ref": .string("#/$defs/\(name)")] }
}
