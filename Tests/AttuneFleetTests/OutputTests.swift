@testable import AttuneFleet
import Foundation
import Testing

@Suite struct OutputTests {
  private static let pattern = #"epoch (?<step>\d+).*acc=(?<accuracy>\S+)"#

  static let lines: [(String, OutputReader.Finding)] = [
    ("attune: {\"step\": 3, \"accuracy\": 0.91}", .report(step: 3, metrics: ["accuracy": 0.91])),
    ("  attune:{\"loss\": 2}", .report(step: 6, metrics: ["loss": 2])),
    ("attune: {\"loss\": -Infinity, \"name\": \"x\", \"ok\": true}", .report(step: 6, metrics: ["loss": -.infinity])),
    ("attune: {\"step\": 1.5, \"loss\": 1}", .malformed("\"step\" is a whole number from 1, got 1.5")),
    ("attune: {\"step\": 0, \"loss\": 1}", .malformed("\"step\" is a whole number from 1, got 0")),
    ("attune: {\"step\": 4}", .malformed("there is no metric with a number in it")),
    ("attune: [1]", .malformed("a report is a JSON object")),
    ("attune: {", .malformed("not JSON at byte 2: expected a name in quotes")),
    ("epoch 4 of 9: acc=0.5 ok", .report(step: 4, metrics: ["accuracy": 0.5])), ("epoch 4 acc=nonsense", .nothing),
    ("epoch 0 acc=0.5", .nothing), ("attuned: {}", .nothing), ("", .nothing),
  ]

  @Test(arguments: lines)
  func findsReports(line: String, expected: OutputReader.Finding) throws {
    let reader = OutputReader(pattern: try OutputPattern(Self.pattern))
    #expect(reader.finding(in: Array(line.utf8), previousStep: 5) == expected)
  }

  @Test(arguments: [("(", "is no regular expression"), ("(?<step>.)", "names no metric"), ("acc=(.*)", "names no metric")])
  func refusesPatternsThatReportNothing(pattern: String, problem: String) {
    #expect(throws: FleetError.self) { try OutputPattern(pattern) }
    do { _ = try OutputPattern(pattern) } catch { #expect(error.description.contains(problem)) }
  }

  static let results: [(String, Double?)] = [
    ("#Auptimizer:0.5", 0.5), ("#Auptimizer: 1e-3 ,x,y", 1e-3), ("#Auptimizer:nothing", nil), ("x #Auptimizer:1", nil),
  ]

  @Test(arguments: results)
  func readsAuptimizersLines(line: String, value: Double?) { #expect(AuptimizerResult.value(in: Array(line.utf8)) == value) }

  /// However the file grows and however little is read at a time, the lines are the same.
  @Test(arguments: [1, 2, 3, 7, 64], [1, 2, 5, 64])
  func linesDoNotDependOnPieces(written: Int, read: Int) throws {
    let fixture = try Fixture()
    let text = Array("one\ntwo\r\n\nthree\rfour é\nfive".utf8)
    let path = try fixture.script("", name: "log")
    var tail = LogTail(path: path, offset: 0)
    defer { tail.close() }
    var lines: [LogTail.Line] = []
    for start in stride(from: 0, to: text.count, by: written) {
      let file = try #require(FileHandle(forWritingAtPath: path))
      try file.seekToEnd()
      try file.write(contentsOf: Data(text[start..<min(text.count, start + written)]))
      try file.close()
      lines += tail.read(atMost: read, isFinal: false).lines
    }
    while true {
      let (more, isAtEnd) = tail.read(atMost: read, isFinal: true)
      lines += more
      if isAtEnd { break }
    }
    #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one", "two", "three", "four é", "five"])
    for line in lines.dropLast() {
      var again = LogTail(path: path, offset: line.end)
      defer { again.close() }
      let next = try #require(lines.first { $0.end > line.end })
      #expect(again.read(isFinal: true).lines.first?.bytes == next.bytes)
    }
  }

  @Test func aLineWithoutEndIsBounded() throws {
    let fixture = try Fixture()
    let path = try fixture.script(String(repeating: "x", count: 200_000) + "\nend\n", name: "log")
    var tail = LogTail(path: path, offset: 0)
    defer { tail.close() }
    var lines: [LogTail.Line] = []
    while true {
      let (more, isAtEnd) = tail.read(isFinal: true)
      lines += more
      if isAtEnd { break }
    }
    #expect(lines.map(\.bytes.count) == [LogTail.lineLimit, 3])
    #expect(lines.last?.end == 200_005)
  }

  @Test func theTailIsTheLastLines() throws {
    let fixture = try Fixture()
    let path = try fixture.script((1...30).map { "line \($0)" }.joined(separator: "\n") + "\n", name: "log")
    #expect(Files.tail(of: path) == (11...30).map { "line \($0)" }.joined(separator: "\n"))
    #expect(Files.tail(of: path, lines: 5, bytes: 14) == "line 30")
    #expect(Files.tail(of: path + ".none") == "")
  }
}
