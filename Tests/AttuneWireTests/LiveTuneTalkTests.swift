import AttuneValues
import Synchronization
import Testing

@testable import AttuneWire

/// A program with a variable of each type and a trigger, that takes numbers from 0 to 10.
private final class FakeProgram: LiveTuneProgram {
  static let kinds: [String: LiveTuneKind] = ["rate": .float, "depth": .int, "flag": .bool, "name": .string, "save": .trigger]
  let happened = Mutex<[String]>([])

  func kind(of tag: String) throws(WireFailure) -> LiveTuneKind {
    guard let kind = Self.kinds[tag] else { throw WireFailure(.unknownTag, "unknown '\(tag)'") }
    return kind
  }

  func change(_ tag: String, to value: Value) throws(WireFailure) {
    if let number = value.number, !(0...10).contains(number) { throw WireFailure(.refused, "\(value) is too far") }
    happened.withLock { $0.append("\(tag)=\(value)") }
  }

  func fire(_ tag: String) throws(WireFailure) { happened.withLock { $0.append(tag) } }

  func refused(_ problem: String) {}
}

/// What the original's clients say, and what they hear.
@Suite struct LiveTuneTalkTests {
  /// Says the lines one after the other; `.` in an answer means that the conversation goes on.
  private func talk(_ place: LiveTuneTalk.Place, _ lines: [String]) -> (answers: [String], happened: [String]) {
    let program = FakeProgram()
    var talk = LiveTuneTalk(place)
    let answers = lines.map { line in
      let reply = talk.take(Array(line.utf8), program) { _ in 4711 }
      return reply.text + (reply.isOver ? "" : ".")
    }
    return (answers, program.happened.withLock { $0 })
  }

  @Test(arguments: [
    (["request_type: dictionary_entry - rate"], ["4711"]),
    (["request_type: dict", "ionary_entry - ", "rate"], [".", ".", "4711"]),
    (["request_type: dictionary_entry - nothing"], ["unknown 'nothing'"]),
    (["GET / HTTP/1.1\r\n"], [""]),
    (["request_type: update_var"], [""]),
  ])
  func theDictionary(lines: [String], answers: [String]) {
    let result = talk(.dictionary, lines)
    #expect(result.answers == answers)
    #expect(result.happened.isEmpty)
  }

  @Test(arguments: [
    ("rate", "0.5", "float.", "rate=0.5"), ("rate", "5", "float.", "rate=5"), ("rate", " 1e-3\n", "float.", "rate=0.001"),
    ("depth", "4", "int.", "depth=4"), ("depth", "-1", "int.", ""), ("flag", "True", "bool.", "flag=true"),
    ("flag", "false", "bool.", "flag=false"), ("name", "5", "string.", "name=5"), ("rate", "fast", "float.", "rate=fast"),
    ("save", "request_type: trigger_var", "trigger.", "save"),
  ])
  func aVariable(tag: String, value: String, kind: String, happens: String) {
    let result = talk(.variable(tag), ["request_type: update_var", value])
    #expect(result.answers[0] == kind)
    #expect(result.happened == (happens.isEmpty ? [] : [happens]))
    #expect(result.answers[1] == (happens.isEmpty ? "\(value) is too far" : ""))
  }

  @Test func whatIsNoProtocolEndsTheConversation() {
    #expect(talk(.variable("rate"), ["0.5"]).answers == [""])
    #expect(talk(.variable("rate"), ["request_type: update_var0.5"]).answers == [""])
    #expect(talk(.variable("rate"), ["request_type: ", "update_var", "0.5"]).happened == ["rate=0.5"])
    let reason = "'save' is a trigger: '1' refused: allowed 'request_type: trigger_var'. Nothing was fired."
    let unfired = talk(.variable("save"), ["request_type: update_var", "1"])
    #expect(unfired.answers == ["trigger.", reason])
    #expect(unfired.happened.isEmpty)
    let long = String(repeating: "x", count: LiveTuneKind.messageLimit + 1)
    #expect(talk(.variable("name"), ["request_type: update_var", long]).answers[1].hasPrefix("a message of LiveTune's has at most"))
    #expect(talk(.dictionary, [long]).answers[0].hasPrefix("a message of LiveTune's has at most"))
  }

  @Test(arguments: [
    (LiveTuneKind.float, "0.01", "0.01"), (.float, "5", "5.0"), (.float, "nan", ""), (.float, "True", ""), (.int, "5", "5"),
    (.int, "5.0", "5"), (.int, "5.5", ""), (.int, "1e300", ""), (.bool, "true", "True"), (.bool, "False", "False"), (.bool, "1", ""),
    (.string, "5", "5"), (.string, "", ""), (.trigger, "5", ""),
  ])
  func valuesAsTheOriginalTakesThem(kind: LiveTuneKind, typed: String, sent: String) {
    #expect(kind.text(ofTyped: typed) ?? "" == sent)
  }
}
