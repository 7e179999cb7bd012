import AttuneMath
import Testing

@testable import AttuneFiles

/// Broken files: whatever stands there, the answer is a definition or one line that names a place in the file.
@Suite struct MutationTests {
  static let seeds: [(path: String, text: String)] = [
    ("t.yaml", Samples.digits), ("experiment.json", AuptimizerTests.paperFile),
    (
      "t.json",
      #"{"command": ["a", "{config}"], "objective": {"metric": "é\ud83d\ude00", "goal": "minimize"}, "#
        + #""parameters": {"x": {"type": "bool"}}}"#
    ),
  ]

  @Test(arguments: 0..<600)
  func givesADefinitionOrAPlace(index: Int) throws {
    var random = RandomStream(seed: 21, purpose: "mutation", index: index)
    let seed = Self.seeds[index % Self.seeds.count]
    var bytes = Array(seed.text.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, using: &random) }
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      _ = try ExperimentFile.parse(text: text, path: seed.path, cores: 2)
    } catch {
      let lines = max(1, text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count)
      let place = try #require(error.place, "mutation \(index): \(error)\n\(text)")
      #expect((1...lines).contains(place.line) && place.column >= 1, "mutation \(index): \(error)\n\(text)")
      #expect(error.message.split(whereSeparator: \.isNewline).count == 1, "mutation \(index): \(error)")
    }
  }

  private func mutate(_ bytes: inout [UInt8], using random: inout RandomStream) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let marks = Array("{}[]:,-?&*!|>'\"%@`#\n \t\\<=~.e0".utf8)
    switch Int.random(in: 0...6, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 2: bytes.remove(at: place)
    case 3: bytes.insert(marks[Int.random(in: 0..<marks.count, using: &random)], at: place)
    case 4: bytes[place] = marks[Int.random(in: 0..<marks.count, using: &random)]
    case 5: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...40, using: &random)))
    default:
      var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      let line = lines.remove(at: Int.random(in: 0..<lines.count, using: &random))
      if Bool.random(using: &random), !lines.isEmpty { lines.insert(line, at: Int.random(in: 0..<lines.count, using: &random)) }
      bytes = Array(lines.joined(separator: [0x0A]))
    }
  }
}
