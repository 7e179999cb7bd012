import AttuneValues
import AttuneWire
import AttuneWireTesting
import Testing

@testable import Attune

/// Two ranks whose registries are in this process, to look into them.
@Suite struct GroupJoinTests {
  let directory: TemporaryDirectory
  let leader: TestProgram
  let rate: LiveVariable<Double>

  init() throws {
    directory = try TemporaryDirectory()
    leader = try TestProgram(directory, name: "leader", Self.environment(rank: 0, directory))
    rate = LiveVariable("rate", 0.1, in: 0...1, registry: leader.registry)
  }

  private static func environment(rank: Int, _ directory: TemporaryDirectory) -> [String: String] {
    ["ATTUNE_RANK": "\(rank)", "ATTUNE_WORLD": "2", "ATTUNE_GROUP": "\(directory.path)/group"]
  }

  private func follower() throws -> TestProgram {
    try TestProgram(directory, name: "follower", Self.environment(rank: 1, directory))
  }

  private func set(_ value: Value) throws -> JSON {
    try leader.client().request(LiveMethod.setVariables, SetRequest(values: ["rate": value]).json, within: .seconds(20))
  }

  @Test func programThatRunsAloneIsInNoGroup() throws {
    let program = try TestProgram(directory)
    #expect(try program.registry.joinGroup() == false)
    #expect(throws: LiveError.self) { try program.registry.joinGroup(rank: 1) }
  }

  @Test func rankInheritsWhatWasChangedBeforeItCameAndIsReachedByItsLeaderOnly() throws {
    #expect(try set(0.3) == ["number": 1, "by": "unknown"])
    #expect(try leader.registry.joinGroup())
    let program = try follower()
    let early = LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)
    #expect(try program.client().request(LiveMethod.hello)["name"] == "follower")
    #expect(try program.registry.joinGroup())
    #expect(early() == 0.3)
    #expect(throws: WireError.self) { try program.client() }
    #expect(try leader.client().request(LiveMethod.hello)["ranks"] == 2)
  }

  @Test func rankThatDeclaresAfterJoiningIsGivenTheGroupsValue() throws {
    _ = try set(0.3)
    try leader.registry.joinGroup()
    let program = try follower()
    try program.registry.joinGroup()
    #expect(LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)() == 0.3)
  }

  @Test func changeIsMadeTwoStepsAhead() throws {
    try leader.registry.joinGroup()
    let program = try follower()
    let other = LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)
    try program.registry.joinGroup()
    program.registry.step(5)
    #expect(try set(0.3) == ["number": 1, "by": "unknown"])
    leader.registry.step(6)
    program.registry.step(6)
    #expect([rate(), other()] == [0.1, 0.1])
    leader.registry.step(7)
    program.registry.step(7)
    #expect([rate(), other()] == [0.3, 0.3])
    let client = try leader.client()
    _ = try client.request(LiveMethod.subscribeToChanges)
    let changed = try ChangeNotice(json: client.notification(within: .seconds(20)).parameters)
    #expect([changed.step, changed.number, changed.ranks] == [7, 1, 2])
  }

  @Test func rankIsToldWhenItsLeaderEndsAndWarnsWhenItDies() throws {
    try leader.registry.joinGroup()
    let program = try follower()
    _ = LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)
    try program.registry.joinGroup()
    leader.registry.inner.withLock { $0.group }?.state.withLock { $0.loop?.stop() }
    #expect(
      try program.warnings.wait(count: 1) == ["the leader of the ranks has died: rank 1 can no longer be tuned. The program goes on."])

    let second = try TestProgram(directory, name: "second", Self.environment(rank: 0, directory))
    try second.registry.joinGroup()
    let next = try follower()
    try next.registry.joinGroup()
    second.registry.finish(within: .zero)
    let group = try #require(next.registry.inner.withLock { $0.group })
    while group.state.withLock({ $0.link != .over }) { #expect(group.gate.wait(until: .after(.seconds(20)))) }
    #expect(next.warnings.all.isEmpty)
  }
}
