/// Blanks what is not code in Swift text: comments, the text of strings and regular expressions. Line ends stay, and so does the
/// code inside `\( )`, so that words and braces which are found in the result are real ones, at their own line and column.
struct Masker {
  private let source: [UInt8]
  private var code: [UInt8]
  private var index = 0

  static func mask(_ text: String) -> [UInt8] {
    var masker = Masker(source: Array(text.utf8))
    masker.skipCode(isInterpolation: false)
    return masker.code
  }

  private init(source: [UInt8]) {
    self.source = source
    code = source
  }

  private func byte(_ offset: Int = 0) -> UInt8? {
    source.indices.contains(index + offset) ? source[index + offset] : nil
  }

  private func matches(_ bytes: [UInt8]) -> Bool { source[index...].starts(with: bytes) }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where index < source.count {
      if source[index] != .newline { code[index] = .space }
      index += 1
    }
  }

  private mutating func skipCode(isInterpolation: Bool) {
    var depth = 0
    while let current = byte() {
      switch current {
      case .slash where byte(1) == .slash: while let next = byte(), next != .newline { blank() }
      case .slash where byte(1) == .star: blankBlockComment()
      case .slash where startsRegex: blankUntil([.slash], escape: [.backslash])
      case .quote, .hash: blankLiteral()
      case .open:
        depth += 1
        index += 1
      case .close:
        if isInterpolation && depth == 0 { return }
        depth -= 1
        index += 1
      default: index += 1
      }
    }
  }

  private mutating func blankBlockComment() {
    var depth = 0
    repeat {
      if matches([.slash, .star]) {
        depth += 1
        blank(2)
      } else if matches([.star, .slash]) {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && index < source.count
  }

  /// A slash begins a regular expression where a value is expected and the line holds its end.
  private var startsRegex: Bool {
    guard let next = byte(1), next != .space, next != .newline, next != .close else { return false }
    let before = source[..<index].last { $0 != .space }
    guard before.map({ Array("(,=:[{!&|?;\n".utf8).contains($0) }) ?? true else { return false }
    return source[(index + 1)...].prefix { $0 != .newline }.contains(.slash)
  }

  /// At a quote or a hash: blanks the string or the extended regular expression that begins here, or steps over a hash.
  private mutating func blankLiteral() {
    let hashes = Array(source[index...].prefix { $0 == .hash })
    let escape = [.backslash] + hashes
    switch byte(hashes.count) {
    case .quote:
      blank(hashes.count)
      let isMultiline = matches([.quote, .quote, .quote])
      blankUntil(Array(repeating: .quote, count: isMultiline ? 3 : 1) + hashes, escape: escape)
    case .slash where !hashes.isEmpty:
      blank(hashes.count)
      blankUntil([.slash] + hashes, escape: [.backslash])
    default: index += max(1, hashes.count)
    }
  }

  /// Blanks the opening mark, which is as long as `end` without its hashes, and everything to `end`; leaves interpolated code.
  private mutating func blankUntil(_ end: [UInt8], escape: [UInt8]) {
    blank(end.count { $0 != .hash })
    while index < source.count, !matches(end) {
      if matches(escape) {
        blank(escape.count)
        if byte() == .open && end[0] == .quote {
          index += 1
          skipCode(isInterpolation: true)
          index += 1
        } else {
          blank()
        }
      } else {
        blank()
      }
    }
    blank(end.count)
  }
}

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let space = UInt8(ascii: " ")
  static let slash = UInt8(ascii: "/")
  static let star = UInt8(ascii: "*")
  static let quote = UInt8(ascii: "\"")
  static let hash = UInt8(ascii: "#")
  static let backslash = UInt8(ascii: "\\")
  static let open = UInt8(ascii: "(")
  static let close = UInt8(ascii: ")")

  /// Whether it can be part of a name; every byte of a non-ASCII character counts.
  var isNamePart: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}
