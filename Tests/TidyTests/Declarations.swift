/// A declaration of a type or of a type's member, or at the top of a file; what function bodies declare is not listed.
struct Declaration: Sendable, Hashable {
  /// `func`, `init`, `var`, `struct`, …
  let keyword: String
  /// The word after the keyword; the keyword itself for `init`, `deinit` and `subscript`.
  let name: String
  /// The line of the keyword, from 1.
  let line: Int
  /// The words before the keyword on its line, e.g. `["public", "static"]`.
  let modifiers: [String]
  /// A requirement of a public protocol.
  let isPublicRequirement: Bool
  /// Lines from the keyword to the end of its braces; 1 without braces.
  var length = 1

  static let typeKeywords: Set = ["struct", "class", "enum", "actor", "extension", "protocol"]
  static let memberKeywords: Set = ["func", "init", "deinit", "subscript", "var", "let", "typealias", "associatedtype"]

  var isType: Bool { Self.typeKeywords.contains(keyword) }
}

/// Finds declarations in masked Swift text by their keywords and by matching brackets: less than a parser, and enough for ceilings.
struct DeclarationScanner {
  private enum Block { case type(Int), body(Int), bracket }

  private let code: [UInt8]
  private var index = 0
  private var line = 1
  private var blocks: [Block] = []
  private var words: [String] = []
  private var found: [Declaration] = []

  static func declarations(in code: [UInt8]) -> [Declaration] {
    var scanner = DeclarationScanner(code: code)
    scanner.scan()
    return scanner.found
  }

  private init(code: [UInt8]) { self.code = code }

  private mutating func scan() {
    while index < code.count {
      switch code[index] {
      case .newline:
        line += 1
        words = []
      case UInt8(ascii: "{"): blocks.append(opened())
      case .open, UInt8(ascii: "["): blocks.append(.bracket)
      case UInt8(ascii: "}"), .close, UInt8(ascii: "]"): close()
      case let byte where byte.isNamePart:
        readWord()
        continue
      default: break
      }
      index += 1
    }
  }

  /// Whether declarations that stand here are of interest.
  private var isAtTypeLevel: Bool {
    if case .type? = blocks.last { true } else { blocks.isEmpty }
  }

  private func opened() -> Block {
    guard isAtTypeLevel, let last = found.indices.last else { return .bracket }
    return found[last].isType ? .type(last) : .body(last)
  }

  private mutating func close() {
    if code[index] == UInt8(ascii: "}") { words = [] }
    switch blocks.popLast() {
    case .type(let owner), .body(let owner): found[owner].length = line - found[owner].line + 1
    case .bracket, nil: break
    }
  }

  private mutating func readWord() {
    let start = index
    while index < code.count, code[index].isNamePart { index += 1 }
    let word = String(decoding: code[start..<index], as: UTF8.self)
    guard isAtTypeLevel else { return }
    let isMember = start > 0 && code[start - 1] == UInt8(ascii: ".")
    let isQuoted = start > 0 && code[start - 1] == UInt8(ascii: "`")
    if !isMember && !isQuoted && (Declaration.typeKeywords.contains(word) || Declaration.memberKeywords.contains(word)) {
      declare(word)
    }
    words.append(word)
  }

  private mutating func declare(_ keyword: String) {
    let rest = code[index...].drop { $0 == .space || $0 == UInt8(ascii: "`") }
    let next = String(decoding: rest.prefix { $0.isNamePart || $0 == UInt8(ascii: ".") }, as: UTF8.self)
    if keyword == "class" && Declaration.memberKeywords.contains(next) { return }
    let isNameless = ["init", "deinit", "subscript"].contains(keyword)
    found.append(
      Declaration(
        keyword: keyword, name: isNameless ? keyword : next, line: line, modifiers: words, isPublicRequirement: isInPublicProtocol))
  }

  private var isInPublicProtocol: Bool {
    guard case .type(let owner)? = blocks.last else { return false }
    return found[owner].keyword == "protocol" && found[owner].modifiers.contains("public")
  }
}
