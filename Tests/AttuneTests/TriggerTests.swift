import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Testing

@Suite struct TriggerTests {
  let directory: TemporaryDirectory
  let program: TestProgram

  init() throws {
    directory = try TemporaryDirectory()
    program = try TestProgram(directory)
  }

  @discardableResult
  private func fire(_ tag: String, payload: JSON? = nil, by: String? = nil, reason: String? = nil) throws -> JSON {
    let request = FireRequest(trigger: tag, payload: payload, Circumstances(reason: reason, by: by))
    return try program.client().request(LiveMethod.fireTrigger, request.json)
  }

  @Test func firesOnceAndTellsWhenItWasConsumed() throws {
    let save = LiveTrigger("save", registry: program.registry)
    let twin = LiveTrigger("save", registry: program.registry)
    #expect(!save.fired())
    #expect(try fire("save", by: "ann") == ["number": 1, "by": "ann"])
    #expect(try fire("save", by: "bob") == ["number": 2, "by": "bob"])
    program.registry.step(5)
    #expect(twin.fired())
    #expect(!save.fired())
    let consumed = try program.changes(2)
    #expect(consumed.map(\.by) == ["ann", "bob"])
    #expect(consumed.map(\.step) == [5, 5])
    #expect(consumed.map(\.trigger) == ["save", "save"])
  }

  @Test func countedOneLosesNoFiring() throws {
    let save = LiveTrigger("save", counted: true, registry: program.registry)
    for name in ["ann", "bob", "eve"] { _ = try fire("save", payload: ["name": .string(name)], by: name) }
    program.registry.step(1)
    #expect(save.take() == LiveFiring(payload: ["name": "ann"], by: "ann", reason: nil, number: 1))
    #expect(save.fired())
    program.registry.step(2)
    #expect(save.take()?.by == "eve")
    #expect(save.take() == nil)
    #expect(!save.fired())
    let consumed = try program.changes(3)
    #expect(consumed.map(\.by) == ["ann", "bob", "eve"])
    #expect(consumed.map(\.step) == [1, 1, 2])
    #expect(consumed.map(\.payload) == [["name": "ann"], ["name": "bob"], ["name": "eve"]])
    let list = try Declaration(json: program.client().request(LiveMethod.listVariables))
    #expect(list.triggers == ["save"] && list.counted == ["save"])
  }

  @Test func lastPayloadOfSeveralCountsAsOne() throws {
    let save = LiveTrigger("save", registry: program.registry)
    _ = try fire("save", payload: "first")
    _ = try fire("save", payload: ["kept": [1, 2.5, nil]], by: "ann", reason: "good")
    #expect(save.take() == LiveFiring(payload: ["kept": [1, 2.5, nil]], by: "ann", reason: "good", number: 2))
    #expect(save.take() == nil)
  }

  @Test func whatIsLoadedAndItsValuesComeTogether() throws {
    let rate = LiveVariable("rate", 0.1, in: 0...1, applies: .atStep, registry: program.registry)
    let load = LiveTrigger("attune.load", registry: program.registry)
    #expect(throws: WireError.self) { try fire("attune.load", payload: ["values": ["rate": 2]]) }
    #expect(throws: WireError.self) { try fire("attune.load", payload: ["values": ["other": 1]]) }
    _ = try fire("attune.load", payload: ["checkpoint": "/copy", "values": ["rate": 0.5]], by: "pbt")
    program.registry.step(3)
    #expect(rate.value == 0.1, "not before the program takes notice")
    #expect(load.take()?.payload?["checkpoint"] == "/copy")
    #expect(rate.value == 0.5)
    let change = try #require(try program.changes(1).first)
    #expect(change.step == 3 && change.trigger == "attune.load" && change.values == ["rate": 0.5])
    #expect(try ChangeNotice(json: change.json) == change)
  }

  @Test func payloadHasALimit() throws {
    let save = LiveTrigger("save", registry: program.registry)
    let most = String(repeating: "x", count: FireRequest.payloadLimit - 2)
    _ = try fire("save", payload: .string(most))
    #expect(save.take()?.payload?.string?.count == most.count)
    let failure = WireFailure(.refused, "'save': a payload of 65537 bytes refused: allowed 65536 as text. Nothing was fired.")
    #expect(throws: WireError.answered(failure)) { try fire("save", payload: .string(most + "x")) }
    #expect(!save.fired())
  }

  @Test func theSameTagIsCountedOrNot() throws {
    let first = LiveTrigger("save", counted: true, registry: program.registry)
    let second = LiveTrigger("save", registry: program.registry)
    #expect(program.warnings.all == ["trigger 'save' is declared as counted and as not counted. It stays as it was declared first."])
    _ = try fire("save")
    _ = try fire("save")
    #expect(second.fired() && first.fired() && !second.fired())
  }

  @Test func reservedNamesAreAttunes() async {
    await #expect(processExitsWith: .failure) { _ = LiveVariable("attune.rate", 0.1) }
    await #expect(processExitsWith: .failure) { _ = LiveTrigger("attune.pause") }
    await #expect(processExitsWith: .failure) { _ = LiveTrigger("attune.other") }
    let evaluate = LiveTrigger("attune.evaluate", registry: program.registry)
    #expect(!evaluate.fired())
  }
}
