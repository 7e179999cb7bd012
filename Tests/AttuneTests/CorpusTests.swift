import Attune
import AttuneValues
import AttuneWire
import AttuneWireTesting
import Foundation
import Testing

/// What the fuzzer has found (`make fuzz`), sent to a program over its real socket: it answers on, and its variables keep to their ranges.
@Suite struct CorpusTests {
  @Test func nothingOfTheCorpusHarms() throws {
    let program = try TestProgram(TemporaryDirectory(), name: "victim")
    let registry = program.registry
    let rate = LiveVariable("rate", 0.5, in: 0...1, registry: registry) { $0 == 0.25 ? "not a quarter" : nil }
    let count = LiveVariable("count", 3, in: 0...9, applies: .atStep, registry: registry)
    let isOn = LiveVariable("on", true, registry: registry)
    let mode = LiveVariable("mode", "a", choices: ["a", "b"], registry: registry)
    let note = LiveVariable("note", "", registry: registry)
    let save = LiveTrigger("save", registry: registry)
    let inputs = try Self.inputs()
    #expect(inputs.count > 100)
    for (index, input) in inputs.enumerated() {
      let client = try RawSocket(program.address)
      client.send(Array(input.dropFirst()))
      client.halfClose()
      _ = client.lines()
      #expect((0...1).contains(rate()) && rate() != 0.25, "line \(index + 1) of the corpus: rate is \(rate())")
      #expect((0...9).contains(count()), "line \(index + 1) of the corpus: count is \(count())")
      #expect(["a", "b"].contains(mode()), "line \(index + 1) of the corpus: mode is \(mode())")
      _ = save.fired()
    }
    #expect(try program.client().request(LiveMethod.hello)["name"] == "victim")
    withExtendedLifetime((isOn, note)) {}
  }

  /// A line each, as `Fuzz/fuzz.py` writes them: what is no printable ASCII stands as `\xHH`.
  private static func inputs() throws -> [[UInt8]] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus/decoder.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      var bytes: [UInt8] = []
      var rest = Array(line.utf8)[...]
      while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\"), rest.count >= 3,
          let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
        else {
          bytes.append(byte)
          continue
        }
        bytes.append(value)
        rest = rest.dropFirst(3)
      }
      return bytes
    }
  }
}
