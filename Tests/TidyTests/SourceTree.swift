import Foundation

/// One text file of this repository.
struct SourceFile: Sendable {
  /// From the repository's root, e.g. `Sources/AttuneCore/Ports/Proposer.swift`.
  let path: String
  /// Its lines, without their ends.
  let lines: [String]
  /// What its lines say once strings and comments are blanked; the same number of lines. Empty for other languages than Swift.
  let code: [String]
  /// The declarations outside function bodies. Empty for other languages than Swift.
  let declarations: [Declaration]

  init(path: String, text: String) {
    self.path = path
    lines = Self.lines(of: text)
    let masked = path.hasSuffix(".swift") ? Masker.mask(text) : []
    code = Self.lines(of: String(decoding: masked, as: UTF8.self))
    declarations = DeclarationScanner.declarations(in: masked)
  }

  /// The folder below `Sources` or `Tests`; `nil` elsewhere.
  var room: String? {
    let parts = path.split(separator: "/")
    return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? String(parts[1]) : nil
  }

  /// File name without folder and extension.
  var baseName: String { String(path.split(separator: "/").last?.prefix { $0 != "." } ?? "") }
  /// Written by a tool, or fetched: no rule about form applies.
  var isGenerated: Bool { path.contains("/Generated/") || path.contains("/vendor/") }

  private static func lines(of text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}

/// The files of this repository, read once.
struct SourceTree: Sendable {
  let files: [SourceFile]

  static let here = SourceTree(
    root: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent())

  init(root: URL) {
    files = Self.paths(below: root, prefix: "").sorted().compactMap { path in
      guard let bytes = FileManager.default.contents(atPath: root.appendingPathComponent(path).path), bytes.count < 2_000_000,
        let text = String(data: bytes, encoding: .utf8)
      else { return nil }
      return SourceFile(path: path, text: text)
    }
  }

  /// The Swift files below `folders` that people write.
  func swift(below folders: String...) -> [SourceFile] {
    files.filter { file in file.path.hasSuffix(".swift") && !file.isGenerated && folders.contains { file.path.hasPrefix($0 + "/") } }
  }

  /// The Swift files of those rooms that people write.
  func rooms(_ names: [String]) -> [SourceFile] { swift(below: "Sources").filter { names.contains($0.room ?? "") } }

  func file(_ path: String) -> SourceFile? { files.first { $0.path == path } }

  /// Hidden names are build products, environments and caches, but for those that are committed.
  private static func paths(below root: URL, prefix: String) -> [String] {
    let committed = [".ci", ".gitignore", ".swift-format"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(prefix).path)) ?? []
    return names.flatMap { name -> [String] in
      if (name.hasPrefix(".") && !committed.contains(name)) || ["__pycache__", "Package.resolved"].contains(name) { return [] }
      let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path, isDirectory: &isFolder) else { return [] }
      return isFolder.boolValue ? paths(below: root, prefix: path) : [path]
    }
  }
}
