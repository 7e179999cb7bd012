import Testing

/// Arrows between rooms point one way: Docs/Decisions/0001-rooms.md.
@Suite struct ArrowTests {
  /// All that these rooms may know of this package. A room that is not named here may know what Package.swift says.
  static let arrows: [String: Set<String>] = [
    "AttuneValues": [],
    "AttuneMath": ["CAttuneKernels"],
    "AttuneWire": ["AttuneValues"],
    "Attune": ["AttuneWire", "AttuneValues"],
    "AttuneCore": ["AttuneValues", "AttuneMath"],
    "AttuneProposers": ["AttuneCore", "AttuneMath", "AttuneValues", "CAttuneKernels"],
    "AttuneSchedulers": ["AttuneCore", "AttuneMath", "AttuneValues", "CAttuneKernels"],
    "AttuneEngine": ["AttuneCore", "AttuneMath", "AttuneValues"],
    "AttuneEffects": ["AttuneMath"],
    "AttuneImportance": ["AttuneCore", "AttuneMath", "AttuneValues"],
    "AttuneStore": ["AttuneCore", "AttuneMath", "AttuneValues"],
    "AttuneTraces": ["AttuneCore"],
    "AttuneSnapshots": [],
    "AttuneSimulator": ["AttuneCore", "AttuneEngine", "AttuneMath", "AttuneTraces", "AttuneValues"],
    "AttuneFiles": ["AttuneCore", "AttuneMath", "AttuneValues"],
  ]
  /// Rooms that other people's programs link: no Foundation there.
  static let embeddable = ["AttuneValues", "AttuneWire", "Attune"]
  /// Modules of the compiler and of the system.
  static let system: Set = [
    "Swift", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization",
    "Testing", "XCTest", "RegexBuilder", "_StringProcessing",
  ]

  @Test func theManifestIsUnderstood() {
    #expect(Manifest.here.targets.contains { $0.name == "AttuneCore" && $0.kind == .library })
    #expect(Manifest.here.targets.contains { $0.name == "TidyTests" && $0.kind == .test })
  }

  @Test func importsAreDeclared() {
    judge(
      .arrow,
      SourceTree.here.swift(below: "Sources", "Tests").flatMap { file -> [Violation] in
        guard let target = Manifest.here.targets.first(where: { $0.name == file.room }) else {
          return [Violation(file.path, 1, "no target of Package.swift is called '\(file.room ?? "")'")]
        }
        let allowed = Self.system.union(target.dependencies).union([target.name])
        return imports(of: file).filter { !allowed.contains($0.module) }.map {
          Violation(
            file.path, $0.line, "imports \($0.module); Package.swift allows \(target.name): \(target.dependencies.joined(separator: ", "))")
        }
      })
  }

  @Test func roomsKnowOnlyWhatIsBelowThem() {
    let ours = Set(Manifest.here.targets.map(\.name))
    for target in Manifest.here.targets {
      guard let allowed = Self.arrows[target.name] else { continue }
      let others = target.dependencies.filter { ours.contains($0) && !allowed.contains($0) }
      #expect(others.isEmpty, "Package.swift:\(target.line): \(target.name) may depend on \(allowed.sorted()), not on \(others)")
    }
  }

  @Test func nobodyKnowsTheCommand() {
    let knowing = Manifest.here.targets.filter { $0.kind != .test && $0.dependencies.contains("AttuneCommand") }
    #expect(knowing.isEmpty, "only tests may depend on the command; got \(knowing.map(\.name))")
  }

  @Test func embeddableRoomsBringNoFoundation() {
    for file in SourceTree.here.rooms(Self.embeddable) {
      for foreign in imports(of: file) where foreign.module.hasPrefix("Foundation") || foreign.module.hasPrefix("NIO") {
        Issue.record("\(file.path):\(foreign.line): imports \(foreign.module); whoever embeds Attune must not inherit it")
      }
    }
    for target in Manifest.here.targets where Self.embeddable.contains(target.name) {
      #expect(
        Set(target.dependencies).isSubset(of: Self.embeddable), "Package.swift:\(target.line): \(target.name) has no other dependency")
    }
  }

  @Test func noPathOfADevelopersMachine() {
    let paths = ["/wo" + "rk/", "/ro" + "ot/", "/tmp/" + "wt"]
    judge(
      .ownMachine,
      SourceTree.here.files.flatMap { file in
        hits(of: paths, in: file.path, file.lines).map { Violation(file.path, $0.line, "'\($0.word)' exists on one machine only") }
      })
  }

  private func imports(of file: SourceFile) -> [(line: Int, module: String)] {
    file.code.enumerated().compactMap { number, line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count else { return nil }
      guard words[..<keyword].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal"].contains($0) }) else { return nil }
      let kinds: Set<Substring> = ["struct", "class", "enum", "func", "let", "var", "protocol", "typealias"]
      let path = words[(keyword + 1)...].first { !kinds.contains($0) } ?? ""
      return (number + 1, String(path.prefix { $0 != "." && $0 != ";" }))
    }
  }
}
