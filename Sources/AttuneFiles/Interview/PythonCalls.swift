/// Finds calls in Python text well enough to make suggestions from; it does not understand the language.
enum PythonCalls {
  /// One argument: `type=float` has the name `type`.
  struct Argument: Equatable {
    let name: String?
    let text: String
  }

  /// The arguments of every call of `function`, in the order of the text; calls in comments are left out.
  static func arguments(of function: String, in text: String) -> [[Argument]] {
    var calls: [[Argument]] = []
    for line in text.ranges(of: function + "(") {
      let start = text[..<line.lowerBound].lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
      let before = text[start..<line.lowerBound]
      let isLonger = before.last.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
      guard !isLonger, !before.contains("#") else { continue }
      calls.append(pieces(text[line.upperBound...], endingWith: ")").map(argument))
    }
    return calls
  }

  /// What stands between commas up to the closing bracket; brackets, quotes and comments inside are respected.
  static func pieces(_ text: Substring, endingWith end: Character) -> [String] {
    var pieces: [String] = []
    var piece = ""
    var depth = 0
    var quote: Character?
    var isComment = false
    for character in text {
      if isComment {
        isComment = character != "\n"
      } else if let open = quote {
        piece.append(character)
        if character == open { quote = nil }
      } else if depth == 0, character == end {
        break
      } else if depth == 0, character == "," {
        pieces.append(piece)
        piece = ""
      } else if character == "#" {
        isComment = true
      } else {
        if character == "'" || character == "\"" { quote = character }
        if "([{".contains(character) { depth += 1 }
        if ")]}".contains(character) { depth -= 1 }
        piece.append(character)
      }
    }
    return (pieces + [piece]).map(trimmed).filter { !$0.isEmpty }
  }

  /// The text of a string literal; `nil` when it is none.
  static func string(_ literal: String?) -> String? {
    guard let literal, let quote = literal.first, quote == "'" || quote == "\"", literal.count >= 2, literal.last == quote else {
      return nil
    }
    return String(literal.dropFirst().dropLast())
  }

  static func trimmed(_ text: String) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  private static func argument(_ piece: String) -> Argument {
    let name = piece.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let rest = piece.dropFirst(name.count).drop(while: \.isWhitespace)
    guard !name.isEmpty, rest.first == "=", rest.dropFirst().first != "=" else { return Argument(name: nil, text: piece) }
    return Argument(name: String(name), text: trimmed(String(rest.dropFirst())))
  }
}

extension [PythonCalls.Argument] {
  /// The text of the argument of that name.
  subscript(name: String) -> String? { first { $0.name == name }?.text }
  /// The texts of the arguments without a name.
  var positional: [String] { filter { $0.name == nil }.map(\.text) }
}
