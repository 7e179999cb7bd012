import Testing

/// Ceilings: a file and a function that fit in a reader's head.
@Suite struct FormTests {
  static let fileCeiling = 400
  static let fileMedian = 120
  static let functionCeiling = 60
  static let pythonCeiling = 1000

  @Test func filesAreShort() {
    let written = SourceTree.here.files.filter { file in
      !file.isGenerated && [".swift", ".py", ".sh", ".h", ".proto"].contains { file.path.hasSuffix($0) }
    }
    judge(
      .fileLength,
      written.filter { $0.lines.count > Self.fileCeiling }.map {
        Violation($0.path, $0.lines.count, "\($0.lines.count) lines; at most \(Self.fileCeiling). One file, one idea: split it")
      })
  }

  @Test func theMedianFileIsShort() {
    let lengths = SourceTree.here.swift(below: "Sources").map(\.lines.count).sorted()
    #expect(lengths[lengths.count / 2] < Self.fileMedian, "the median file of Sources has less than \(Self.fileMedian) lines")
  }

  /// Docs/Decisions/0007-the-python-client-is-a-package.md. What a function imports when it is called does not count.
  @Test func whatImportAttuneLoadsIsSmall() {
    let folder = "Python/attune/"
    let package = SourceTree.here.files.filter { $0.path.hasPrefix(folder) }
    var loaded: Set = ["__init__"]
    var unread = Array(loaded)
    var total = 0
    while let module = unread.popLast() {
      guard let file = package.first(where: { $0.path == "\(folder)\(module).py" }) else { continue }
      total += file.lines.count
      for line in file.lines where line.hasPrefix("from .") {
        let words = line.dropFirst("from .".count).split { " ,".contains($0) }.map(String.init)
        let named = words.first == "import" ? Array(words.dropFirst()) : Array(words.prefix(1))
        unread += named.filter { loaded.insert($0).inserted }
      }
    }
    #expect(loaded.count > 3 && total <= Self.pythonCeiling, "'import attune' loads \(total) lines; at most \(Self.pythonCeiling)")
  }

  @Test func functionsAreShort() {
    judge(
      .functionLength,
      SourceTree.here.swift(below: "Sources", "Tests", "Examples", "Benchmarks").flatMap { file in
        file.declarations.filter { !$0.isType && $0.length > Self.functionCeiling }.map {
          Violation(
            file.path, $0.line, "\($0.keyword) \($0.name) has \($0.length) lines; at most \(Self.functionCeiling). Name its parts")
        }
      })
  }

  @Test func publicSymbolsAreDocumented() {
    judge(.documented, SourceTree.here.swift(below: "Sources").flatMap(undocumented))
  }

  /// The public declarations of a file that no `///` stands above.
  private func undocumented(in file: SourceFile) -> [Violation] {
    file.declarations.compactMap { declaration in
      let isPublic = declaration.modifiers.contains("public") || declaration.modifiers.contains("open")
      if isPublic && declaration.keyword == "extension" {
        return Violation(file.path, declaration.line, "a public extension hides what is public; write 'public' at its members")
      }
      guard isPublic || declaration.isPublicRequirement else { return nil }
      let above = file.lines[..<(declaration.line - 1)].last { !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
      if above.drop(while: { $0 == " " }).hasPrefix("///") { return nil }
      return Violation(
        file.path, declaration.line,
        "public \(declaration.keyword) \(declaration.name) has no '///' above it; say what it is, its unit and errors")
    }
  }
}
