import AttuneValues

/// Cuts an expression's text into tokens.
enum ExpressionLexer {
  enum Kind: Hashable {
    case number(Value)
    case text(String)
    case word(String)
    case quotedName(String)
    case symbol(String)
  }

  struct Token: Hashable {
    let kind: Kind
    /// Counted from 1.
    let column: Int
  }

  private static let symbols = ["**", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ","]

  static func tokens(of text: String) throws(ExpressionError) -> [Token] {
    let characters = Array(text)
    var tokens: [Token] = []
    var position = 0
    while position < characters.count {
      let start = position
      let character = characters[start]
      if character.isWhitespace {
        position += 1
        continue
      }
      let kind: Kind
      if let quote = ["'", "\"", "`"].first(where: { $0 == character }) {
        guard let end = characters[(start + 1)...].firstIndex(of: quote) else {
          throw ExpressionError(text: text, column: characters.count + 1, expected: "\(quote)")
        }
        position = end + 1
        let inside = String(characters[(start + 1)..<end])
        kind = quote == "`" ? .quotedName(inside) : .text(inside)
      } else if character.isASCII, character.isNumber || character == "." {
        position = endOfNumber(characters, from: start)
        let digits = String(characters[start..<position])
        guard let value = Int(digits).map(Value.int) ?? Double(digits).map(Value.float) else {
          throw ExpressionError(text: text, column: start + 1, expected: "a number")
        }
        kind = .number(value)
      } else if isWordStart(character) {
        while position < characters.count, isWordStart(characters[position]) || characters[position].isNumber || characters[position] == "."
        {
          position += 1
        }
        kind = .word(String(characters[start..<position]))
      } else if let symbol = symbols.first(where: { characters[start...].starts(with: $0) }) {
        position += symbol.count
        kind = .symbol(symbol)
      } else {
        throw ExpressionError(text: text, column: start + 1, expected: "a value or an operator, not '\(character)'")
      }
      tokens.append(Token(kind: kind, column: start + 1))
    }
    return tokens
  }

  /// Whether a name can stand in an expression without backquotes.
  static func isPlainName(_ name: String) -> Bool {
    name.allSatisfy { isWordStart($0) || $0.isNumber || $0 == "." } && name.first.map(isWordStart) == true
  }

  private static func isWordStart(_ character: Character) -> Bool { character.isLetter || character == "_" }

  private static func endOfNumber(_ characters: [Character], from start: Int) -> Int {
    var end = start
    while end < characters.count {
      let character = characters[end]
      let isExponentSign = (character == "+" || character == "-") && end > start && "eE".contains(characters[end - 1])
      guard character.isASCII && (character.isNumber || character == "." || character == "e" || character == "E") || isExponentSign else {
        break
      }
      end += 1
    }
    return end
  }
}
