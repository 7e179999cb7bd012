import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

@Suite struct ConfigurationTests {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func program(configuration: String? = nil, changes: String? = nil, isResuming: Bool = false) throws -> TestProgram {
    var variables: [String: String] = [:]
    if let configuration { variables["ATTUNE_CONFIG"] = directory.write(configuration, to: "config.json") }
    if let changes { variables["ATTUNE_CHANGES"] = directory.write(changes, to: "changes.jsonl") }
    if isResuming { variables["ATTUNE_RESUME"] = "1" }
    return try TestProgram(directory, variables)
  }

  @Test func configurationReplacesDefaults() throws {
    let program = try program(configuration: #"{"rate": 1, "depth": 4.0, "solver": "adam", "list": [1]}"#)
    #expect(LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)() == 1.0)
    #expect(LiveVariable("depth", 1, registry: program.registry)() == 4)
    #expect(LiveVariable("solver", "sgd", choices: ["sgd", "adam"], registry: program.registry)() == "adam")
    #expect(LiveVariable("other", 5, registry: program.registry)() == 5)
    #expect(program.registry.configuration.keys.sorted() == ["depth", "rate", "solver"])
    #expect(program.warnings.all.isEmpty)
  }

  @Test func configurationThatDoesNotFitIsTold() throws {
    let program = try program(configuration: #"{"rate": 5, "depth": "deep"}"#)
    #expect(LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)() == 5.0)
    #expect(LiveVariable("depth", 1, registry: program.registry)() == 1)
    #expect(
      program.warnings.all == [
        "'rate' = 5 of the configuration is outside its range (0.0...1.0). The program uses it.",
        "'depth' = 'deep' refused: allowed any integer. The program keeps 1.",
      ])
  }

  @Test func unreadableConfigurationIsTold() throws {
    let program = try program(configuration: "{")
    #expect(program.warnings.all.count == 1)
    #expect(LiveVariable("rate", 0.1, registry: program.registry)() == 0.1)
  }

  static let changes = """
    {"number":1,"step":2,"values":{"rate":0.2}}
    {"number":2,"step":4,"values":{"rate":0.4,"depth":4},"by":"ann"}
    {"number":3,"step":5,"trigger":"save"}
    {"number":4,"step":6,"values":{"rate":0.6}}
    {"number":5,"step":
    """

  @Test func changesAreAppliedAgainAtTheirSteps() throws {
    let program = try program(changes: Self.changes)
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    let save = LiveTrigger("save", registry: program.registry)
    var seen: [Double] = [rate()]
    for step in 1...6 {
      program.registry.report(step: step, [:])
      seen.append(rate())
    }
    #expect(seen == [0.1, 0.1, 0.2, 0.2, 0.4, 0.4, 0.6])
    #expect(!save.fired())
    #expect(LiveVariable("depth", 1, registry: program.registry)() == 4)
  }

  @Test func resumedProgramHoldsTheLastValuesUntilItTellsItsStep() throws {
    let program = try program(changes: Self.changes, isResuming: true)
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    #expect(rate() == 0.6)
    program.registry.step(5)
    #expect(rate() == 0.4)
    program.registry.step(6)
    #expect(rate() == 0.6)
  }

  @Test func newChangeEndsTheReplayOfItsTag() throws {
    let program = try program(changes: Self.changes)
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    let depth = LiveVariable("depth", 1, registry: program.registry)
    program.registry.step(2)
    try rate.set(0.9)
    program.registry.step(10)
    #expect(rate() == 0.9)
    #expect(depth() == 4)
    let repeated = try program.client().request(LiveMethod.setVariables, SetRequest(values: ["rate": 0.2], Circumstances(number: 1)).json)
    #expect(repeated["number"] == 1)
    #expect(rate() == 0.9)
  }

  @Test func environmentIsRead() {
    let values = [
      "ATTUNE_PARENT_CHECKPOINT": "/tmp/p", "ATTUNE_SEED": "42", "ATTUNE_CHECKPOINT": "/tmp/c", "ATTUNE_RESUME": "1",
      "ATTUNE_SOCKET": "127.0.0.1:4000",
    ]
    let environment = ProgramEnvironment(path: "/opt/bin/train") { values[$0] }
    #expect(environment.name == "train")
    #expect(environment.seed == 42)
    #expect(environment.checkpointDirectory == "/tmp/c")
    #expect(environment.parentCheckpointDirectory == "/tmp/p")
    #expect(environment.isResuming)
    #expect(environment.socket == .tcp(host: "127.0.0.1", port: 4000))
  }
}
