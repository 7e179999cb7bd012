/// A JSON document as a value.
///
/// Why not Foundation's: the library that programs embed must not bring Foundation with it, and a message on the live wire is
/// read and written in a microsecond or two. Integers and floats stay apart, as the types of live variables do. Reading is in
/// `JSONParser`, writing in `JSON+Text.swift`.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
}

extension JSON {
  /// A number; nan and the infinities, which JSON has no number for, become the strings `"nan"`, `"inf"` and `"-inf"`.
  public static func number(_ value: Double) -> JSON {
    if value.isFinite { return .float(value) }
    if value.isNaN { return .string("nan") }
    return .string(value > 0 ? "inf" : "-inf")
  }

  /// The member of that name; `nil` when this is no object or has no such member.
  public subscript(name: String) -> JSON? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The string, when this is one.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The integer, when this is one (also a float without a fraction).
  public var int: Int? {
    switch self {
    case .int(let integer): integer
    case .float(let float): Int(exactly: float)
    default: nil
    }
  }

  /// The number, when this is one, or one of the strings that stand for nan and the infinities.
  public var double: Double? {
    switch self {
    case .int(let integer): Double(integer)
    case .float(let float): float
    case .string("nan"), .string("NaN"): .nan
    case .string("inf"), .string("Infinity"): .infinity
    case .string("-inf"), .string("-Infinity"): -.infinity
    default: nil
    }
  }

  /// The truth value, when this is one.
  public var bool: Bool? {
    if case .bool(let flag) = self { flag } else { nil }
  }

  /// The elements, when this is an array.
  public var array: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members, when this is an object.
  public var object: [String: JSON]? {
    if case .object(let members) = self { members } else { nil }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// The value of a literal.
  public init(stringLiteral value: String) { self = .string(value) }
  /// The value of a literal.
  public init(integerLiteral value: Int) { self = .int(value) }
  /// The value of a literal.
  public init(floatLiteral value: Double) { self = .float(value) }
  /// The value of a literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// The value of a literal.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// The value of a literal; of equal names the last one stays.
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Dictionary(elements) { _, last in last }) }
  /// The value of a literal.
  public init(nilLiteral: ()) { self = .null }
}
