import AttuneValues

/// A formula over parameters: the constraint `batch * hidden <= 4096`, the condition `solver == 'sgd' and depth > 2`.
///
/// Grammar, loosest first: `or`, `and`, `not`, comparisons (`==  !=  <  <=  >  >=  in [a, b]`), `+ -`, `* / %`, unary `-`, `**`,
/// then numbers, `'text'`, `true`, `false`, names, calls and parentheses. A name that is no plain word goes into backquotes.
public struct Expression: Hashable, Sendable {
  /// As it was written.
  public let text: String
  /// The names it refers to.
  public let names: Set<String>
  let root: ExpressionNode

  /// - Throws: `ExpressionError` with the column where reading stopped.
  public init(_ text: String) throws(ExpressionError) {
    var parser = try ExpressionParser(text)
    root = try parser.expression()
    self.text = text
    names = root.names
  }

  /// The condition `name == value`, or, for several values, `name in [values]`.
  public init(_ name: String, isOneOf values: [Value]) {
    let options = values.map(ExpressionNode.literal)
    if values.count == 1 {
      root = .binary(.equal, .name(name), options[0])
    } else {
      root = .isIn(.name(name), options)
    }
    let words = values.map { value in if case .string(let text) = value { "'\(text)'" } else { "\(value)" } }
    let quoted = ExpressionLexer.isPlainName(name) ? name : "`\(name)`"
    text = values.count == 1 ? "\(quoted) == \(words[0])" : "\(quoted) in [\(words.joined(separator: ", "))]"
    names = [name]
  }

  /// The value for the given names; `nil` when a name it needs has no value, or the types do not fit.
  public func evaluate(_ lookup: (String) -> Value?) -> Value? { root.evaluate(lookup) }

  /// The values that are written in it.
  var literals: [Value] { root.literals }

  /// Whether it is true for a configuration; `whereAbsent` when a name it needs is absent.
  public func holds(in configuration: Configuration, whereAbsent: Bool) -> Bool {
    guard case .bool(let flag)? = evaluate({ configuration[$0] }) else { return whereAbsent }
    return flag
  }
}

extension Expression: Codable {
  /// Reads the text and parses it.
  public init(from decoder: any Decoder) throws { try self.init(decoder.singleValueContainer().decode(String.self)) }
  /// Writes the text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// Why a text is no expression.
public struct ExpressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text that was read.
  public let text: String
  /// Counted from 1.
  public let column: Int
  /// What was expected there.
  public let expected: String

  /// `expression 'a <': expected a value at column 4`.
  public var description: String { "expression '\(text)': expected \(expected) at column \(column)" }
}
