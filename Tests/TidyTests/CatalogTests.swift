import Testing

/// Open sets are catalogs: whoever adds an algorithm adds its line in the catalog and in the documentation. An algorithm is a file that
/// stands in the folder itself, beside the catalog; the parts of which algorithms are made stand in folders below.
@Suite struct CatalogTests {
  /// Folders of Sources where a file is an algorithm.
  static let folders = ["AttuneProposers", "AttuneSchedulers", "AttuneSchedulers/LearningCurves"]

  @Test(arguments: folders) func everyAlgorithmIsInItsCatalogAndInATable(folder: String) {
    let files = SourceTree.here.swift(below: "Sources/\(folder)").filter { $0.path == "Sources/\(folder)/\($0.baseName).swift" }
    guard !files.isEmpty else { return }
    let documents = SourceTree.here.files.filter { $0.path == "README.md" || ($0.path.hasPrefix("Docs/") && $0.path.hasSuffix(".md")) }
    judge(.catalog, missing(in: folder, files, rows: documents.flatMap(\.lines).filter { $0.hasPrefix("|") }))
  }

  @Test func everyHelperExists() {
    let gone = Exception.helpers.keys.filter { SourceTree.here.file($0) == nil }
    #expect(gone.isEmpty, "Exceptions.swift lists helpers that do not exist: \(gone)")
  }

  @Test func aMissingLineIsFound() {
    let catalog = SourceFile(
      path: "Sources/X/ACatalog.swift", text: "let all = [\n  \"a\": A.init(options:),\n  \"b\": B.init(options:),\n]\n")
    let algorithms = ["A", "B", "C"].map { SourceFile(path: "Sources/X/\($0).swift", text: "struct \($0) {}\n") }
    let found = missing(in: "X", [catalog] + algorithms, rows: ["| `a` | the first |"])
    #expect(found.map(\.path) == ["Sources/X/B.swift", "Sources/X/C.swift"])
    #expect(missing(in: "X", algorithms, rows: []).map(\.message) == ["X has no file named …Catalog.swift"])
  }

  /// A file is in the catalog when a line of the catalog names its type; the first string of that line is its word, which the first
  /// column of a table of the documentation explains.
  private func missing(in folder: String, _ files: [SourceFile], rows: [String]) -> [Violation] {
    guard let catalog = files.first(where: { $0.baseName.hasSuffix("Catalog") }) else {
      return [Violation("Sources/\(folder)", 1, "\(folder) has no file named …Catalog.swift")]
    }
    let algorithms = files.filter { $0.path != catalog.path && Exception.helpers[$0.path] == nil && !$0.path.contains("+") }
    return algorithms.compactMap { file in
      guard let line = hits(of: [file.baseName], in: catalog.path, catalog.code).first?.line else {
        return Violation(file.path, 1, "no line of \(catalog.path) names \(file.baseName)")
      }
      let parts = catalog.lines[line - 1].split(separator: "\"", omittingEmptySubsequences: false)
      guard parts.count > 2 else { return Violation(catalog.path, line, "the line of \(file.baseName) begins with its word in quotes") }
      if rows.contains(where: { $0.split(separator: "|").first?.contains("`\(parts[1])`") ?? false }) { return nil }
      return Violation(file.path, 1, "no table of README.md or Docs explains `\(parts[1])` in its first column")
    }
  }
}
