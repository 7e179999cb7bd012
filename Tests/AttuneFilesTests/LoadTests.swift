import Foundation
import Testing

@testable import AttuneFiles

/// What can go wrong before there is a text.
@Suite struct LoadTests {
  private func problem(_ path: String) -> String {
    do {
      _ = try ExperimentFile.load(path: path)
      return "no problem"
    } catch {
      return error.description.replacing(path, with: "PATH")
    }
  }

  static let bytes: [([UInt8], String)] = [
    ([], "PATH:1:1: the file is empty; an experiment needs at least command, objective and parameters"),
    (Array("name: x\nseed: ".utf8) + [0xE9, 0x0A], "PATH:2:7: not UTF-8 here; save the file as UTF-8"),
    ([0xFF, 0xFE, 0x61, 0x00], "PATH:1:1: encoded as UTF-16; save it as UTF-8"),
    ([UInt8](repeating: 0x20, count: 1 << 20 + 1), "PATH: more than 1 MiB long; is this the experiment file?"),
    ([0xEF, 0xBB, 0xBF] + Array(Samples.file("seed: 1").utf8), "no problem"),
    (Array(Samples.file("seed: 1").replacing("\n", with: "\r\n").utf8), "no problem"),
  ]

  @Test(arguments: bytes)
  func checksBytes(bytes: [UInt8], expected: String) throws {
    let path = NSTemporaryDirectory() + "attune-files-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(problem(path) == expected)
  }

  @Test func saysWhyAFileCannotBeRead() {
    #expect(problem("/nowhere/digits.yaml") == "PATH: cannot be read: no such file or directory")
    #expect(problem(NSTemporaryDirectory()) == "PATH: cannot be read: is a directory; name the experiment file in it")
  }

  /// Nine levels of nine aliases each stand for 387 million values.
  @Test func anAliasBombIsRefused() {
    var text = Samples.file("a0: &a0 [x]")
    for level in 1...9 { text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n" }
    #expect(Samples.problem(text).hasSuffix("more than 50000 values, aliases unfolded; is this the experiment file?"))
    #expect(Samples.problem(text + "*a9 : 1\n").hasSuffix("a key must be a word; this one is an alias or a collection"))
  }

  static let durations: [(String, Double?)] = [
    ("2h", 7200), ("1h30m", 5400), ("1d 2h", 93_600), ("500ms", 0.5), ("0.1s", 0.1), ("90", 90), ("1e3", 1000), ("1.5h", 5400), ("", nil),
    ("h", nil),
    ("5", 5), ("5 parsecs", nil), ("1m1h", nil), ("1h1h", nil), ("-1s", nil), ("inf", nil), ("nan", nil), ("1..5s", nil),
  ]

  @Test(arguments: durations)
  func readsDurations(text: String, seconds: Double?) {
    #expect(DurationText.seconds(text) == seconds)
    if let seconds { #expect(DurationText.seconds(DurationText.text(seconds)) == seconds) }
  }

  static let commands: [(String, [String])] = [
    ("python3 train.py", ["python3", "train.py"]), ("a 'b c' \"d \\\" e\" f\\ g", ["a", "b c", "d \" e", "f g"]), ("  a  ''  ", ["a", ""]),
    ("", []),
    ("a 'open b", ["a", "open b"]),
  ]

  @Test(arguments: commands)
  func cutsCommands(text: String, words: [String]) {
    #expect(CommandWords.split(text) == words)
  }

  static let paths: [(String, String, String)] = [
    ("a", "/b", "/b/a"), ("/a/./c/../d", "/b", "/a/d"), ("../../..", "/b", "/"), (".", "/b/c", "/b/c"), ("", "/b", "/b"),
  ]

  @Test(arguments: paths)
  func findsPaths(path: String, base: String, absolute: String) {
    #expect(FilePath.absolute(path, from: base) == absolute)
  }
}
