import Foundation

/// What Package.swift declares, read from its text: targets with the names of what they may import.
struct Manifest: Sendable {
  enum Kind: Sendable { case library, executable, test, system }

  struct Target: Sendable {
    let name: String
    let kind: Kind
    /// The line of its name, from 1.
    let line: Int
    /// Targets and products.
    let dependencies: [String]
  }

  let targets: [Target]

  static let here = Manifest(lines: SourceTree.here.file("Package.swift")?.lines ?? [])

  private static let heads: [(text: String, kind: Kind)] = [
    (".executableTarget(", .executable), (".testTarget(", .test), (".systemLibrary(", .system), (".target(", .library),
  ]

  /// A target begins a line; its parentheses may span several. `.target(name:)` inside a list of dependencies begins none.
  init(lines: [String]) {
    var targets: [Target] = []
    var index = 0
    while index < lines.count {
      let trimmed = lines[index].drop { $0 == " " }
      if let head = Self.heads.first(where: { trimmed.hasPrefix($0.text) }) {
        let start = index
        var text = String(trimmed)
        while !Self.isBalanced(text), index + 1 < lines.count {
          index += 1
          text += "\n" + lines[index]
        }
        if let target = Self.target(text, kind: head.kind, line: start + 1) { targets.append(target) }
      }
      index += 1
    }
    self.targets = targets
  }

  private static func isBalanced(_ text: String) -> Bool {
    text.count { $0 == "(" } == text.count { $0 == ")" }
  }

  private static func target(_ text: String, kind: Kind, line: Int) -> Target? {
    guard let name = strings(in: text).first else { return nil }
    guard let start = text.range(of: "dependencies:")?.upperBound else {
      return Target(name: name, kind: kind, line: line, dependencies: [])
    }
    return Target(name: name, kind: kind, line: line, dependencies: strings(in: bracketed(text[start...])))
  }

  /// From the first `[` to its `]`.
  private static func bracketed(_ text: Substring) -> String {
    var depth = 0
    var list = ""
    for character in text {
      if character == "[" { depth += 1 }
      if depth > 0 { list.append(character) }
      if character == "]" {
        depth -= 1
        if depth == 0 { break }
      }
    }
    return list
  }

  /// The strings in quotes, but for those behind `package:`.
  private static func strings(in text: String) -> [String] {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    return parts.indices.filter { $0 % 2 == 1 && !parts[$0 - 1].hasSuffix("package: ") }.map { String(parts[$0]) }
  }
}
