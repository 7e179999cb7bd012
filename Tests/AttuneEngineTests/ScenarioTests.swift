import Foundation
import Testing

/// Plays every transcript in `Tests/Scenarios`. With `ATTUNE_WRITE_SCENARIOS=1` it writes them anew instead, for a person to read
/// the difference.
@Suite struct ScenarioTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scenarios")

  static var files: [URL] {
    let all = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (all ?? []).filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
  }

  @Test func thereAreScenarios() { #expect(Self.files.count >= 10) }

  @Test(arguments: files)
  func plays(_ file: URL) throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    let played = try Scenario.play(text)
    if ProcessInfo.processInfo.environment["ATTUNE_WRITE_SCENARIOS"] == "1" {
      try played.write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(played == text, "\(file.lastPathComponent)")
    }
  }
}
