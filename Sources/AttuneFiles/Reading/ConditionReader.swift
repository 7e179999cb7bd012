import AttuneCore
import AttuneValues

/// Reads expressions and the mapping form of `when`.
enum ConditionReader {
  /// `solver == 'sgd'`, `{solver: sgd}` or `{solver: [sgd, adam], depth: 2}`.
  static func condition(_ item: FileItem) throws(FileProblem) -> Expression {
    guard case .mapping(let entries) = item.node.content else { return try expression(item) }
    guard !entries.isEmpty else { throw item.refusal("a mapping such as {solver: sgd}, or an expression") }
    var parts: [String] = []
    for entry in entries { parts.append(try comparison(entry.key, item.child(entry.key, entry.value))) }
    let text = parts.joined(separator: " and ")
    do { return try Expression(text) } catch { throw item.problem("expected \(error.expected) at column \(error.column) of '\(text)'") }
  }

  /// An expression in a text, with the column inside it.
  static func expression(_ item: FileItem) throws(FileProblem) -> Expression {
    let text = try item.text("an expression, e.g. \"batch * hidden <= 16384\"")
    do {
      return try Expression(text)
    } catch {
      throw item.problem("expected \(error.expected) at column \(error.column) of '\(text)'", at: place(error.column, in: item.node))
    }
  }

  /// The values of the mapping form, to be held against the domain of the parameter they are of.
  static func comparedValues(_ item: FileItem) throws(FileProblem) -> [(parameter: String, value: Value, item: FileItem)] {
    guard case .mapping(let entries) = item.node.content else { return [] }
    var compared: [(parameter: String, value: Value, item: FileItem)] = []
    for entry in entries {
      let child = item.child(entry.key, entry.value)
      for option in try options(child) { compared.append((entry.key, try option.scalar(), option)) }
    }
    return compared
  }

  private static func options(_ item: FileItem) throws(FileProblem) -> [FileItem] {
    guard case .list = item.node.content else { return [item] }
    let items = try item.list("a value or a list of values")
    guard !items.isEmpty else { throw item.problem("got an empty list; allowed is a value or a list of values") }
    return items
  }

  private static func comparison(_ name: String, _ item: FileItem) throws(FileProblem) -> String {
    var words: [String] = []
    for option in try options(item) { words.append(try literal(option)) }
    let plain =
      name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." } && name.first.map { $0.isLetter || $0 == "_" } == true
    let isReserved = ["and", "or", "not", "in", "true", "false"].contains(name)
    let quoted = plain && !isReserved ? name : "`\(name)`"
    return words.count == 1 ? "\(quoted) == \(words[0])" : "\(quoted) in [\(words.joined(separator: ", "))]"
  }

  private static func literal(_ item: FileItem) throws(FileProblem) -> String {
    switch try item.scalar() {
    case .string(let text):
      guard !text.contains("'") || !text.contains("\"") else {
        throw item.problem("a text with both kinds of quotes cannot stand in a condition")
      }
      return text.contains("'") ? "\"\(text)\"" : "'\(text)'"
    case let value: return value.description
    }
  }

  /// The column in the file, where the text stands there as it is: on one line, without escapes.
  private static func place(_ column: Int, in node: FileNode) -> FilePlace {
    guard case .scalar(let text, let isPlain) = node.content, !text.contains(where: { $0.isNewline || $0 == "\\" }) else {
      return node.place
    }
    return FilePlace(line: node.place.line, column: node.place.column + column - (isPlain ? 1 : 0))
  }
}
