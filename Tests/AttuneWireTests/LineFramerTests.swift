@testable import AttuneWire
import Testing

@Suite struct LineFramerTests {
  static let streams: [(chunks: [String], pieces: [LineFramer.Piece])] = [
    (["{}\n"], [line("{}")]),
    (["{\"a\"", ":1", "}\n{}"], [line("{\"a\":1}")]),
    (["a\nb\n\n\nc\n"], [line("a"), line("b"), line("c")]),
    (["12345678\n"], [line("12345678")]),
    (["123456789\nok\n"], [.tooLong, line("ok")]),
    (["12345", "6789", "more of it", "\nok\n"], [.tooLong, line("ok")]),
    (["123456789", "\n", "123456789"], [.tooLong, .tooLong]),
  ]

  @Test(arguments: streams)
  func cutsLines(chunks: [String], pieces: [LineFramer.Piece]) {
    var framer = LineFramer(limit: 8)
    let found = chunks.flatMap { chunk in Array(chunk.utf8).withUnsafeBytes { framer.take($0) } }
    #expect(found == pieces)
  }

  private static func line(_ text: String) -> LineFramer.Piece { .line(Array(text.utf8)) }
}
