import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

@Suite struct LiveVariableTests {
  enum Solver: String, CaseIterable, LiveValue { case sgd, adam }

  let directory: TemporaryDirectory
  let program: TestProgram

  init() throws {
    directory = try TemporaryDirectory()
    program = try TestProgram(directory)
  }

  @Test func everyTypeIsReadAndSet() throws {
    let registry = program.registry
    let rate = LiveVariable("rate", 0.1, in: 0...1, registry: registry)
    let depth = LiveVariable("depth", -3, registry: registry)
    let augment = LiveVariable("augment", false, registry: registry)
    let note = LiveVariable("note", "first", registry: registry)
    let solver = LiveVariable("solver", Solver.sgd, registry: registry)
    let mode = LiveVariable("mode", "slow", choices: ["slow", "fast"], registry: registry)

    let values: [String: Value] = ["rate": 1, "depth": 7, "augment": true, "note": "déjà \"vu\"", "solver": "adam", "mode": "fast"]
    let answer = try program.client().request(LiveMethod.setVariables, SetRequest(values: values).json)

    #expect(answer == ["number": 1, "by": "unknown"])
    #expect(rate() == 1.0)
    #expect(depth() == 7)
    #expect(augment() == true)
    #expect(note() == "déjà \"vu\"")
    #expect(solver() == .adam)
    #expect(mode() == "fast")
  }

  @Test func changeIsSeenOnce() throws {
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    #expect(!rate.isChanged())
    try rate.set(0.2)
    #expect(rate.isChanged())
    #expect(!rate.isChanged())
    #expect(rate.value == 0.2)
  }

  @Test func ownSetIsRefusedLikeAnyOther() {
    let rate = LiveVariable("lr", 0.1, in: 0...1, registry: program.registry)
    #expect(throws: LiveError(message: "'lr' = 3.0 refused: allowed 0.0...1.0. The program keeps 0.1.")) { try rate.set(3) }
    #expect(rate() == 0.1)
  }

  @Test func validatorHasTheLastWord() throws {
    let batch = LiveVariable("batch", 32, registry: program.registry) { $0.isMultiple(of: 8) ? nil : "it must be a multiple of 8" }
    let failure = WireFailure(.refused, "'batch' = 33 refused: it must be a multiple of 8. The program keeps 32.")
    let client = try program.client()
    #expect(throws: WireError.answered(failure)) { try client.request(LiveMethod.setVariables, SetRequest(values: ["batch": 33]).json) }
    try batch.set(40)
    #expect(batch() == 40)
  }

  @Test func sameTagIsTheSameVariable() throws {
    let first = LiveVariable("rate", 0.1, registry: program.registry)
    try first.set(0.3)
    let second = LiveVariable("rate", 0.9, registry: program.registry)
    #expect(second() == 0.3)
    try first.set(0.5)
    #expect(second() == 0.5)
    #expect(program.warnings.all.isEmpty)
  }

  @Test func sameTagOfAnotherTypeStaysPlain() throws {
    let rate = LiveVariable("rate", 0.1, registry: program.registry)
    let other = LiveVariable("rate", true, registry: program.registry)
    try rate.set(0.3)
    #expect(other() == true)
    #expect(program.warnings.all == ["'rate' is declared as float and as bool. The second one cannot be changed from outside."])
  }
}
