import AttuneValues
import Foundation
import Testing

@testable import AttuneFiles

/// The published schema and the guide say what the parser does.
@Suite struct SchemaTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// With `ATTUNE_WRITE_DOCS=1` the test writes the file instead, after the tables have been changed on purpose.
  private func check(_ text: String, against file: String) throws {
    let url = Self.root.appendingPathComponent(file)
    if ProcessInfo.processInfo.environment["ATTUNE_WRITE_DOCS"] == "1" { try text.write(to: url, atomically: true, encoding: .utf8) }
    let committed = try String(contentsOf: url, encoding: .utf8)
    #expect(
      committed == text, "\(file) does not say what the key tables say; run this test with ATTUNE_WRITE_DOCS=1 and look at the difference")
  }

  @Test func theCommittedSchemaIsTheParsers() throws { try check(ExperimentSchema.text, against: "Docs/experiment.schema.json") }

  @Test func everyKeyOfTheParserIsInTheSchema() throws {
    let schema = try JSON(parsing: ExperimentSchema.text)
    func names(_ node: JSON?) -> [String] { node?["properties"]?.object?.keys.sorted() ?? [] }
    #expect(names(schema) == KeyTable.experiment.names.sorted())
    for (name, table) in ExperimentSchema.sections { #expect(names(schema["$defs"]?[name]) == table.names.sorted(), "\(name)") }
  }

  @Test(arguments: [("", KeyTable.experiment), ("", .algorithm)] + ExperimentSchema.sections.map { ($0.name, $0.table) })
  func theGuideHasTheTable(name: String, table: KeyTable) throws {
    let url = Self.root.appendingPathComponent("Docs/ExperimentFile.md")
    let guide = try String(contentsOf: url, encoding: .utf8)
    let start = "<!-- keys \(table.section) -->\n", end = "\n<!-- end -->"
    let rows = try #require(guide.components(separatedBy: start).dropFirst().first?.components(separatedBy: end).first, "\(start)")
    if ProcessInfo.processInfo.environment["ATTUNE_WRITE_DOCS"] == "1" {
      try guide.replacing(start + rows + end, with: start + table.markdown + end).write(to: url, atomically: true, encoding: .utf8)
    } else {
      #expect(rows == table.markdown, "run this test alone with ATTUNE_WRITE_DOCS=1 and look at the difference")
    }
  }

  /// Every fenced example of the guide that has a command is a whole file.
  @Test func theGuidesExamplesAreSound() throws {
    let guide = try String(contentsOf: Self.root.appendingPathComponent("Docs/ExperimentFile.md"), encoding: .utf8)
    let examples = guide.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    let files = examples.filter { $0.hasPrefix("yaml\n") && $0.contains("\ncommand:") || $0.hasPrefix("json\n") }
    #expect(files.count >= 2)
    for file in files {
      #expect(Samples.problem(String(file.dropFirst(5)), path: file.hasPrefix("json") ? "e.json" : "e.yaml") == "no problem")
    }
  }

  /// The experiment files under `Examples`.
  static var examples: [String] {
    let folder = root.appendingPathComponent("Examples").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let paths = names.sorted().flatMap { name in ["yaml", "json"].map { "\(folder)/\(name)/experiment.\($0)" } }
    return paths.filter { FileManager.default.fileExists(atPath: $0) }
  }

  @Test(arguments: examples)
  func theExamplesAreSound(path: String) {
    #expect(throws: Never.self) { try ExperimentFile.load(path: path) }
  }

  @Test func theParserTakesTheValidFilesAndRefusesTheOthers() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.fixtures.path + "/valid") {
      #expect(throws: Never.self) { try ExperimentFile.load(path: Self.fixtures.path + "/valid/" + name) }
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.fixtures.path + "/invalid") {
      #expect(throws: FileProblem.self, "\(name)") { try ExperimentFile.load(path: Self.fixtures.path + "/invalid/" + name) }
    }
  }
}
