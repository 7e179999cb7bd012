/// What a parameter or a live variable holds: one scalar.
///
/// The same type on both sides of the wire, so that a parameter of a configuration and the live variable of the same name
/// compare and print alike.
public enum Value: Hashable, Sendable {
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
}

extension Value {
  /// The number this value stands for; `nil` for a string. `true` is 1, `false` is 0.
  public var number: Double? {
    switch self {
    case .bool(let flag): flag ? 1 : 0
    case .int(let integer): Double(integer)
    case .float(let float): float
    case .string: nil
    }
  }

  /// The same value as JSON. A float that JSON has no number for (nan, infinity) becomes the string `"nan"`, `"inf"` or `"-inf"`.
  public var json: JSON {
    switch self {
    case .bool(let flag): .bool(flag)
    case .int(let integer): .int(integer)
    case .float(let float): .number(float)
    case .string(let text): .string(text)
    }
  }

  /// The scalar in `json`; `nil` for null, an array or an object.
  public init?(json: JSON) {
    switch json {
    case .bool(let flag): self = .bool(flag)
    case .int(let integer): self = .int(integer)
    case .float(let float): self = .float(float)
    case .string(let text): self = .string(text)
    case .null, .array, .object: return nil
    }
  }

  /// Reads a value as a person types it: `true`, `12`, `1e-3`, anything else is a string.
  public init(typed text: String) {
    switch text {
    case "true", "True": self = .bool(true)
    case "false", "False": self = .bool(false)
    default:
      if let integer = Int(text) {
        self = .int(integer)
      } else if let float = Double(text) {
        self = .float(float)
      } else {
        self = .string(text)
      }
    }
  }
}

extension Value: CustomStringConvertible {
  /// As a person types it: `true`, `12`, `0.001`, `adam`.
  public var description: String {
    switch self {
    case .bool(let flag): String(flag)
    case .int(let integer): String(integer)
    case .float(let float): float.description
    case .string(let text): text
    }
  }
}

extension Value: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
  /// The value of a literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// The value of a literal.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// The value of a literal.
  public init(floatLiteral value: Double) { self = .float(value) }
  /// The value of a literal.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension Value: Codable {
  /// Reads a JSON scalar. An integral number without a point is an `int`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .bool(flag)
    } else if let integer = try? container.decode(Int.self) {
      self = .int(integer)
    } else if let text = try? container.decode(String.self) {
      self = .string(text)
    } else {
      self = .float(try container.decode(Double.self))
    }
  }

  /// Writes a JSON scalar.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .bool(let flag): try container.encode(flag)
    case .int(let integer): try container.encode(integer)
    case .float(let float): try container.encode(float)
    case .string(let text): try container.encode(text)
    }
  }
}
