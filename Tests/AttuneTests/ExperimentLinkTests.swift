import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

@Suite struct ExperimentLinkTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func program() throws -> TestProgram {
    try TestProgram(
      directory, ["ATTUNE_SOCKET": directory.socket("hub").description, "ATTUNE_ATTEMPT_ID": "3.1", "ATTUNE_TOKEN": "secret"])
  }

  @Test func greetsAndReports() throws {
    let hub = try TestHub(at: directory.socket("hub"))
    let program = try program()
    _ = LiveVariable("rate", 0.1, registry: program.registry)
    program.registry.report(step: 1, ["accuracy": 0.5])
    let greeting = try hub.greetings(1)[0]
    #expect([greeting.attempt, greeting.token, greeting.name] == ["3.1", "secret", "train"])
    #expect(greeting.pid == processID)
    let report = try hub.reports(1)[0]
    #expect([report.n, report.step] == [1, 1])
    #expect(report.metrics == ["accuracy": 0.5])
    let declared = try hub.wait(1) { message in
      if case .notification(LiveMethod.declared, let parameters) = message { try? Declaration(json: parameters) } else { nil }
    }
    #expect(declared.last?.variables.map(\.descriptor.tag) == ["rate"])
  }

  @Test func controllerChangesAndFires() throws {
    let hub = try TestHub(at: directory.socket("hub"))
    let program = try program()
    let rate = LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)
    let suspend = LiveTrigger("attune.suspend", registry: program.registry)
    _ = try hub.greetings(1)
    let set = SetRequest(values: ["rate": 0.01], Circumstances(by: "ann", number: 5))
    try hub.send(.request(id: 17, method: LiveMethod.setVariables, parameters: set.json))
    try hub.send(
      .request(id: 18, method: LiveMethod.setVariables, parameters: SetRequest(values: ["rate": 9], Circumstances(number: 6)).json))
    try hub.send(
      .request(id: 19, method: LiveMethod.fireTrigger, parameters: FireRequest(trigger: "attune.suspend", Circumstances(number: 9)).json))
    let refusal = WireFailure(.refused, "'rate' = 9 refused: allowed 0.0...1.0. The program keeps 0.01.")
    let accepted = Acceptance(number: 5, by: "ann").json
    let fired = Acceptance(number: 9, by: "unknown").json
    #expect(try hub.answers(3) == [.result(id: 17, accepted), .failure(id: 18, refusal), .result(id: 19, fired)])
    #expect(rate() == 0.01)
    #expect(suspend.fired())
    #expect(try hub.changes(2).map(\.number) == [5, 9])
  }

  @Test func lostConnectionLosesAndDoublesNothing() throws {
    let program = try program()
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    for step in 1...3 { program.registry.report(step: step, ["loss": 1]) }

    let first = try TestHub(at: directory.socket("hub"))
    #expect(try first.reports(3).map(\.n) == [1, 2, 3])
    try first.acknowledge(2)
    try rate.set(0.2)
    #expect(try first.changes(1).map(\.n) == [1])
    first.loop.stop()
    for step in 4...5 { program.registry.report(step: step, ["loss": 1]) }
    try rate.set(0.3)

    // It keeps report 3 by itself and knows change 1: exactly the others must come.
    let second = try TestHub(at: directory.socket("hub"), acknowledged: 3, changes: 1)
    #expect(try second.greetings(1)[0].reported == 5)
    #expect(try second.reports(2).map(\.n) == [4, 5])
    #expect(try second.changes(1).map(\.n) == [2])
    program.registry.report(step: 6, ["loss": 1])
    #expect(try second.reports(3).map(\.n) == [4, 5, 6])
  }

  @Test func sendsOnlyAWindowAhead() throws {
    let hub = try TestHub(at: directory.socket("hub"))
    let program = try program()
    for step in 1...2500 { program.registry.report(step: step, ["loss": 1]) }
    #expect(try hub.reports(1000).count == 1000)
    // Whatever else it had sent would come before the answer to this.
    try hub.send(.request(id: 1, method: LiveMethod.hello, parameters: [:]))
    _ = try hub.answers(1)
    #expect(try hub.reports(1000).count == 1000)
    try hub.acknowledge(1000)
    #expect(try hub.reports(2000).last?.n == 2000)
    try hub.acknowledge(2000)
    #expect(try hub.reports(2500).map(\.n) == Array(1...2500))
  }

  @Test func secondProcessOfAnAttemptCountsOn() throws {
    let hub = try TestHub(at: directory.socket("hub"), acknowledged: 10)
    let program = try program()
    program.registry.report(step: 11, ["loss": 1])
    program.registry.report(step: 12, ["loss": 1])
    #expect(try hub.reports(2).map(\.n) == [11, 12])
  }

  @Test func finishWaitsForTheAcknowledgement() async throws {
    let hub = try TestHub(at: directory.socket("hub"))
    let program = try program()
    program.registry.report(step: 1, ["loss": 1])
    _ = try hub.reports(1)
    let finished = try Inbox<String>()
    async let end: Void = { [registry = program.registry] in
      registry.finish(within: .seconds(20))
      finished.put("finished")
    }()
    finished.put("acknowledging")
    try hub.acknowledge(1)
    await end
    #expect(program.registry.inner.withLock { $0.state.reports.isAcknowledged })
    #expect(try finished.wait(count: 2).last == "finished")
  }

  @Test func whatNobodyTakesIsLeftInAFile() throws {
    let path = "\(directory.path)/reports"
    let program = try TestProgram(
      directory, ["ATTUNE_SOCKET": directory.socket("hub").description, "ATTUNE_ATTEMPT_ID": "3.1", "ATTUNE_REPORTS": path])
    let hub = try TestHub(at: directory.socket("hub"), acknowledged: 4)
    for step in 1...3 { program.registry.report(step: step, ["loss": .nan]) }
    _ = try hub.reports(3)
    try hub.acknowledge(5)
    // Acknowledged is what came before the answer to this.
    try hub.send(.request(id: 1, method: LiveMethod.hello, parameters: [:]))
    _ = try hub.answers(1)
    program.registry.finish(within: .zero)
    let lines = try #require(contents(ofFile: path)).split(separator: UInt8(ascii: "\n"))
    let left = try lines.map { try JSON(parsing: Array($0)) }
    #expect(left.map { $0["n"] } == [6, 7])
    #expect(left.map { $0["step"] } == [2, 3])
    #expect(left[0]["metrics"] == ["loss": "nan"] && left[0]["pid"]?.int == processID)
  }

  @Test func refusedGreetingIsFinal() throws {
    let hub = try TestHub(at: directory.socket("hub"), refusing: WireFailure(.refused, "attempt 3.1: wrong token."))
    let program = try program()
    program.registry.report(step: 1, ["loss": 1])
    #expect(try program.warnings.wait(count: 1) == ["attempt 3.1: wrong token. The program goes on with its values and reports to nobody."])
    program.registry.finish()
    _ = hub
  }
}
