import Testing

/// The rules are only as good as the scanner below them.
@Suite struct ScannerTests {
  static let masked: [(source: String, code: String)] = [
    (#"let a = "{ print(" // {"#, #"let a =                "#),
    (#"f("\(x { y("z") })")"#, #"f(   (x { y(   ) }) )"#),
    (#"a /* { /* } */ { */ b"#, #"a                   b"#),
    (##"let r = #"a\("{")"# + "b""##, ##"let r =             +    "##),
    (#"let r = /a{2}\/"/ ; c / d"#, #"let r =            ; c / d"#),
    ("\"\"\"\n { \\(x) \"\n\"\"\" }", "   \n    (x)   \n    }"),
    (#"#if X { "\\" } #endif"#, #"#if X {      } #endif"#),
  ]

  @Test(arguments: masked) func blanksWhatIsNotCode(source: String, code: String) {
    let result = String(decoding: Masker.mask(source), as: UTF8.self)
    #expect(result.split(whereSeparator: \.isWhitespace) == code.split(whereSeparator: \.isWhitespace))
    #expect(result.utf8.count == source.utf8.count)
  }

  @Test func findsDeclarationsAndTheirLengths() {
    let file = SourceFile(
      path: "Sources/X/a.swift",
      text: """
        public protocol P {
          var value: Int { get }
          func act(_ f: () -> Void) -> Int
          init(x: Int)
        }
        struct S<T>: Sendable where T: Sendable {
          static let table = [1, 2].map { value in
            value + 1
          }
          class func make(
            _ f: @escaping () -> Void = { }
          ) -> S {
            func local() {
              _ = S.init { }
            }
            if let x { return y }
          }
          public private(set) var z = 1
        }
        """)
    let found = file.declarations.map { "\($0.keyword) \($0.name) \($0.line)+\($0.length)" }
    #expect(
      found == [
        "protocol P 1+5", "var value 2+1", "func act 3+1", "init init 4+1", "struct S 6+14", "let table 7+3", "func make 10+8",
        "var z 18+1",
      ])
    #expect(file.declarations.filter(\.isPublicRequirement).map(\.name) == ["value", "act", "init"])
    #expect(file.declarations.last?.modifiers == ["public", "private"])
  }

  @Test func findsWholeWords() {
    let lines = ["print(1)", "Swift.print(2)", "reprint(3)", "x.now()", "x.nowhere"]
    #expect(hits(of: ["print(", ".now"], in: "", lines).map(\.line) == [1, 2, 4])
  }

  @Test func anExceptionCoversItsFileAndMustBeNeeded() {
    let violations = [Violation("a", 1, "long"), Violation("b", 2, "long")]
    let exceptions = [
      Exception(.fileLength, "a", because: "r"), Exception(.fileLength, "c", because: "r"), Exception(.arrow, "d", because: "r"),
    ]
    let found = complaints(.fileLength, violations, exceptions: exceptions)
    #expect(found.map(\.path) == ["b", "Tests/TidyTests/Exceptions.swift"])
    #expect(found.last?.message == "fileLength is no longer broken in c; take the exception away")
  }

  @Test func readsThePackage() {
    let manifest = Manifest(
      lines: """
        targets: [
          .target(name: "A"),
          .executableTarget(
            name: "a", dependencies: ["A", .product(name: "Yams", package: "Yams"), .product(name: "NIOCore", package: "swift-nio")],
            path: "Sources/a"),
          .testTarget(name: "ATests", dependencies: [.target(name: "A")]),
        ]
        """.split(separator: "\n").map(String.init))
    #expect(manifest.targets.map(\.name) == ["A", "a", "ATests"])
    #expect(manifest.targets.map(\.dependencies) == [[], ["A", "Yams", "NIOCore"], ["A"]])
  }
}
