import AttuneValues

/// One value of a YAML or JSON file with the place where it stands; aliases and merge keys are already resolved.
struct FileNode {
  enum Content {
    /// A text, and whether it stood there without quotes.
    case scalar(String, isPlain: Bool)
    case list([FileNode])
    case mapping([Entry])
  }

  /// A key and its value.
  struct Entry {
    let key: String
    let place: FilePlace
    let value: FileNode
  }

  let content: Content
  let place: FilePlace
}

extension FileNode {
  /// The value under a key; `nil` when there is none or this is no mapping.
  subscript(key: String) -> FileNode? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// Whether nothing, `~` or `null` stands here.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The scalar; `nil` for null, a list or a mapping.
  ///
  /// Unquoted words are read by YAML 1.2's core schema: `yes`, `no`, `on` and `off` are words and no truth values.
  var value: Value? {
    guard case .scalar(let text, let isPlain) = content, !isNull else { return nil }
    return isPlain ? Self.resolve(text) : .string(text)
  }

  /// Whether quotes make a text of what would be a number, true or false.
  var isQuotedNumber: Bool {
    guard case .scalar(let text, isPlain: false) = content else { return false }
    return Self.resolve(text) != .string(text)
  }

  /// What stands here, as a message says it.
  var summary: String {
    switch content {
    case .list: return "a list"
    case .mapping: return "a mapping"
    case .scalar(let text, _):
      if isNull { return "nothing" }
      let isString = if case .string? = value { true } else { false }
      if isQuotedNumber { return "the text \"\(Self.shortened(text))\"" }
      return isString ? "'\(Self.shortened(text))'" : Self.shortened(text)
    }
  }

  /// On one line and not longer than a message can bear.
  private static func shortened(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count > 60 ? line.prefix(57) + "…" : line
  }

  /// The value of an unquoted word.
  static func resolve(_ text: String) -> Value {
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .float(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .float(-.infinity)
    case ".nan", ".NaN", ".NAN": return .float(.nan)
    default: break
    }
    if text.hasPrefix("0x"), let integer = Int(text.dropFirst(2), radix: 16) { return .int(integer) }
    if text.hasPrefix("0o"), let integer = Int(text.dropFirst(2), radix: 8) { return .int(integer) }
    let isNumeric = text.utf8.contains { (0x30...0x39).contains($0) } && text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
    guard isNumeric else { return .string(text) }
    return Int(text).map(Value.int) ?? Double(text).map(Value.float) ?? .string(text)
  }
}
