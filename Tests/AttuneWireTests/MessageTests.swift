import AttuneValues
@testable import AttuneWire
import Testing

@Suite struct MessageTests {
  static let messages: [(line: String, message: WireMessage)] = [
    (#"{"jsonrpc":"2.0","id":1,"method":"hello"}"#, .request(id: 1, method: "hello", parameters: .object([:]))),
    (#"{"jsonrpc":"2.0","id":"a","method":"m","params":[1]}"#, .request(id: "a", method: "m", parameters: [1])),
    (#"{"jsonrpc":"2.0","method":"changed","params":{"n":1}}"#, .notification(method: "changed", parameters: ["n": 1])),
    (#"{"jsonrpc":"2.0","id":7,"result":null}"#, .result(id: 7, nil)),
    (#"{"jsonrpc":"2.0","id":null,"error":{"code":2,"message":"no"}}"#, .failure(id: nil, WireFailure(.refused, "no"))),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":99}}"#, .failure(id: 1, WireFailure(.internal, "refused without a reason"))),
  ]

  @Test(arguments: messages)
  func reads(line: String, message: WireMessage) throws {
    #expect(try WireMessage(parsing: Array(line.utf8)) == message)
    #expect(try WireMessage(json: message.json) == message)
  }

  static let garbage: [(line: String, code: WireErrorCode)] = [
    ("{", .parse), ("GET / HTTP/1.1", .parse), ("[]", .invalidRequest), (#"{"jsonrpc":"1.0","method":"m"}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","method":5,"id":1}"#, .invalidRequest), (#"{"jsonrpc":"2.0","method":"m","id":[1]}"#, .invalidRequest),
    (#"{"jsonrpc":"2.0","id":1}"#, .invalidRequest), ("\u{0}\u{1}", .parse),
  ]

  @Test(arguments: garbage)
  func refusesGarbage(line: String, code: WireErrorCode) {
    #expect { try WireMessage(parsing: Array(line.utf8)) } throws: { ($0 as? WireFailure)?.code == code }
  }

  @Test func typedMessagesComeBackAsTheyWent() throws {
    let lr = VariableDescriptor(
      tag: "lr", kind: .float, minimum: 1e-5, maximum: 1, scale: .log, step: 0.1, unit: "1/step", help: "rate", group: "optimizer",
      applies: .atStep)
    let solver = VariableDescriptor(tag: "solver", kind: .choice, choices: ["sgd", "adam"])
    let declaration = Declaration(
      variables: [.init(lr, value: 0.1), .init(solver, value: "sgd")], triggers: ["save", "count"], counted: ["count"])
    #expect(try Declaration(json: JSON(parsing: declaration.json.text)) == declaration)

    let set = SetRequest(values: ["lr": 0.2, "on": true, "n": 3], Circumstances(atStep: 4, reason: "plateau", by: "ann", number: 9))
    #expect(try SetRequest(json: JSON(parsing: set.json.text)) == set)
    let fire = FireRequest(trigger: "save", payload: ["k": [1]], Circumstances(number: 2))
    #expect(try FireRequest(json: fire.json) == fire)
    let change = ChangeNotice(n: 1, number: 9, step: 4, values: ["lr": 0.2], isImmediate: true, by: "ann", reason: "plateau", time: 1.5)
    #expect(try ChangeNotice(json: JSON(parsing: change.json.text)) == change)
    let fired = ChangeNotice(n: 2, number: 0, step: 4, trigger: "save", payload: "p", ranks: 4, by: "ann", time: 2.5)
    #expect(try ChangeNotice(json: fired.json) == fired)
    let greeting = ProgramGreeting(attempt: "3.1", pid: 7, name: "train", token: "secret", reported: 5)
    #expect(try ProgramGreeting(json: greeting.json) == greeting)
    #expect(GreetingAnswer(json: GreetingAnswer(acknowledged: 4, changes: 2).json) == GreetingAnswer(acknowledged: 4, changes: 2))
  }

  @Test func whatAProgramSaysOfItselfComesBack() throws {
    let energy = Energy(joules: 12.5, source: "rapl")
    let full = ProgramIdentity(
      name: "train", pid: 7, step: 3, attempt: "3.1", began: 1.5, warmup: 2.5, energy: energy, isPaused: true, ranks: 4)
    for identity in [full, ProgramIdentity(name: "train", pid: 7, step: 3)] {
      #expect(try ProgramIdentity(json: JSON(parsing: identity.json.text)) == identity)
    }
    for ledger in [LedgerNotice(warmup: 2.5, elapsed: 9, energy: energy), LedgerNotice(warmup: nil, elapsed: 9, energy: nil)] {
      #expect(try LedgerNotice(json: JSON(parsing: ledger.json.text)) == ledger)
    }
    let report = ReportNotice(n: 1, step: 2, metrics: ["loss": 1], elapsed: 0.5, warmup: 1.5)
    #expect(try ReportNotice(json: JSON(parsing: report.json.text)) == report)
    let accepted = Acceptance(number: 5, by: "ann")
    #expect(try Acceptance(json: JSON(parsing: accepted.json.text)) == accepted)
    let line = ScheduleLine(step: 4, values: ["lr": 0.1], by: "ann", reason: "plateau")
    #expect(try ScheduleLine(parsing: line.json.text.utf8) == line)
  }

  @Test func divergedMetricsTravel() throws {
    let report = ReportNotice(n: 1, step: 2, metrics: ["loss": .nan, "best": .infinity], elapsed: 0.5)
    let back = try ReportNotice(json: JSON(parsing: report.json.text))
    #expect(back.metrics["loss"]?.isNaN == true)
    #expect(back.metrics["best"] == .infinity)
  }

  static let badRequests: [JSON] = [
    [:], ["values": [:]], ["values": ["lr": [1]]], ["values": ["lr": nil]], ["values": ["lr": 1], "number": 0],
    ["values": ["lr": 1], "atStep": -1],
    ["values": ["lr": 1], "number": "x"],
  ]

  @Test(arguments: badRequests)
  func refusesBadSets(parameters: JSON) {
    #expect { try SetRequest(json: parameters) } throws: { ($0 as? WireFailure)?.code == .invalidParameters }
  }
}
