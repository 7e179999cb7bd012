import AttuneValues
import AttuneWire
import AttuneWireTesting
import Testing

@testable import Attune

/// The original LiveTune's protocol, against a program that lets its clients in. Python/tests/test_livetune_peer.py has the original itself.
@Suite struct LiveTuneTests {
  let directory: TemporaryDirectory
  let program: TestProgram
  let rate: LiveVariable<Double>
  let depth: LiveVariable<Int>
  let save: LiveTrigger

  init() throws {
    directory = try TemporaryDirectory()
    program = try TestProgram(directory, ["ATTUNE_LIVETUNE_PORT": "0", "ATTUNE_RECORD": "\(directory.path)/record"])
    rate = LiveVariable("rate", 0.1, in: 0...1, registry: program.registry)
    depth = LiveVariable("depth", 4, applies: .atStep, registry: program.registry)
    save = LiveTrigger("save", registry: program.registry)
  }

  private func port() throws -> SocketAddress {
    .tcp(host: "127.0.0.1", port: try #require(program.registry.inner.withLock { $0.liveTune?.port }))
  }

  private func set(_ tag: String, _ typed: String) throws {
    let client = try LiveTuneClient(tag: tag, dictionary: port())
    try client.set(client.checked(typed))
  }

  @Test func changesAreRecordedAsLiveTunes() throws {
    program.registry.step(3)
    try set("rate", "0.5")
    #expect(rate() == 0.5)
    try set("depth", "8.0")
    #expect(depth() == 4)
    program.registry.step(4)
    #expect(depth() == 8)
    try LiveTuneClient(tag: "save", dictionary: port()).fire()
    #expect(save.fired())
    let record = directory.read("record").split(separator: "\n").compactMap { try? JSON(parsing: Array($0.utf8)) }
    #expect(record.map { $0["by"]?.string } == ["livetune", "livetune", "livetune"])
    #expect(record.map { $0["step"]?.int } == [3, 4, 4])
    #expect(record.map { $0["number"]?.int } == [1, 2, 3])
  }

  @Test func whatIsRefusedHarmsNothing() throws {
    let reason = "'rate' = 3.0 refused: allowed 0.0...1.0. The program keeps 0.1."
    #expect(throws: LiveTuneClient.Problem.refused(reason)) { try set("rate", "3") }
    #expect(try program.warnings.wait(count: 1) == ["livetune: \(reason)"])
    #expect(throws: LiveTuneClient.Problem.unknown("unknown variable or trigger 'speed'. Nothing was changed.")) { try set("speed", "3") }
    #expect(rate() == 0.1)
    try set("rate", "0.2")
    #expect(rate() == 0.2)
  }

  @Test func manyVariablesShareFewPorts() throws {
    let variables = (0..<200).map { LiveVariable("v\($0)", $0, registry: program.registry) }
    for index in variables.indices { try set("v\(index)", "\(index + 1000)") }
    #expect(variables.map(\.value) == variables.indices.map { $0 + 1000 })
    try set("v0", "7")
    #expect(variables[0]() == 7)
  }

  @Test func theSilentMakeRoomForOthers() throws {
    let silent = try (0..<200).map { _ in try WireClient(dialing: port()) }
    try set("rate", "0.5")
    #expect(rate() == 0.5)
    #expect(silent.count == 200)
  }

  @Test func aPortThatIsTakenOrNoneIsToldOnce() throws {
    guard case .tcp(_, let taken) = try port() else { return }
    for (port, problem) in [("\(taken)", "cannot listen at 127.0.0.1:\(taken)"), ("99999", "'99999' is no port; allowed 0...65535.")] {
      let other = try TestProgram(directory, name: "other", ["ATTUNE_LIVETUNE_PORT": port])
      let speed = LiveVariable("speed", 1.0, registry: other.registry)
      #expect(speed() == 1)
      #expect(other.warnings.all.count == 1)
      #expect(other.warnings.all[0].contains(problem))
      #expect(other.warnings.all[0].hasSuffix("LiveTune's clients cannot reach the program."))
    }
  }
}
