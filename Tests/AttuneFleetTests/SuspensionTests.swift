import AttuneCore
@testable import AttuneFleet
import AttuneMath
import AttuneWire
import Foundation
import Testing

/// Attempts that give up their slots, by a signal or by themselves.
@Suite(.timeLimit(.minutes(2))) struct SuspensionTests {
  private struct Scene {
    let fixture: Fixture
    let fleet: LocalFleet
    let listener: Listener
  }

  private func scene(_ script: String, _ vary: (inout ExperimentDefinition) -> Void = { _ in }) async throws -> Scene {
    let fixture = try Fixture()
    let command = ["/bin/sh", try fixture.script(script)]
    let definition = try fixture.definition(command) {
      $0.suspend = .signal
      vary(&$0)
    }
    let fleet = try LocalFleet(definition, options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    return Scene(fixture: fixture, fleet: fleet, listener: listener)
  }

  /// Of every process of the attempts but their supervisors.
  private func states(mentioning text: String) -> Set<Character> {
    let stats = processes(mentioning: text).map { String(decoding: Files.read("/proc/\($0)/stat") ?? [], as: UTF8.self) }
    return Set(stats.filter { !$0.contains("(attune-supervis") }.compactMap { $0.split(separator: ")").last?.dropFirst().first })
  }

  private static let slot = Slot(agent: "local", index: 1)

  @Test func everyProcessIsStoppedAndKeepsItsMemory() async throws {
    // A worker in a session of its own is stopped, too.
    let worker = "setsid sh -c 'while :; do echo x >> ticks; sleep 0.01; done' &\n"
    let scene = try await scene(
      worker + "n=1; echo 'attune: {\"accuracy\": 0.1}'\nuntil test -e go; do sleep 0.01; done; echo 'attune: {\"accuracy\": 0.2}'; exit 3")
    await scene.fleet.perform(.suspend("1.1"))
    await scene.fleet.perform(.suspend("1.1"))
    try await scene.listener.wait { $0.contains { $0.suspension(of: "1.1") != nil } }
    let suspension = try #require(await scene.listener.kinds.compactMap { $0.suspension(of: "1.1") }.first)
    #expect(suspension.mode == .signal && suspension.bytes > 10_000 && suspension.seconds >= 0 && suspension.seconds < 30)
    #expect(states(mentioning: "ATTUNE_CHECKPOINT=\(scene.fixture.root)") == ["T"])
    let ticks = scene.fixture.text("ticks")
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    #expect(scene.fixture.text("ticks") == ticks)
    await scene.fleet.perform(.resume("1.1", Self.slot))
    #expect(try await scene.listener.ending(of: "1.1").cause == .exited(status: 3))
    #expect(await scene.listener.reports(of: "1.1").map(\.step) == [1, 2])
    let kinds = await scene.listener.kinds
    #expect(kinds.count { $0.suspension(of: "1.1") != nil } == 1 && kinds.count { $0 == .resumed("1.1") } == 1)
    await scene.fleet.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  @Test func aStopReachesWhatIsFrozen() async throws {
    let scene = try await scene("trap 'echo saved > kept; exit 75' TERM\necho 'attune: {\"accuracy\": 0}'\nsleep 600 & wait")
    await scene.fleet.perform(.suspend("1.1"))
    try await scene.listener.wait { $0.contains { $0.suspension(of: "1.1") != nil } }
    await scene.fleet.perform(.stop("1.1"))
    let ending = try await scene.listener.ending(of: "1.1")
    #expect(ending.cause == .exited(status: 75) && ending.suspension == nil)
    #expect(scene.fixture.text("kept") == "saved\n")
    await scene.fleet.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  @Test func whatIsFrozenWhenTheFleetClosesIsEnded() async throws {
    let scene = try await scene("trap '' TERM\necho 'attune: {\"accuracy\": 0}'\nwhile :; do sleep 600; done") { $0.limits.grace = 0.05 }
    await scene.fleet.perform(.suspend("1.1"))
    try await scene.listener.wait { $0.contains { $0.suspension(of: "1.1") != nil } }
    scene.fixture.killAgent()
    await scene.fleet.vanish()
    let second = try LocalFleet(try scene.fixture.definition(["/bin/true"]), options: scene.fixture.options())
    _ = try await second.open(acknowledged: [:], running: ["1.1": Slot(agent: "local", index: 0)])
    await second.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  /// Both attempts have the same limit; that one of them was over shows that so much time has passed.
  @Test func noTimeLimitRunsWhileItIsFrozen() async throws {
    let scene = try await scene(
      "echo 'attune: {\"accuracy\": 0}'; test $ATTUNE_TRIAL = 2 && sleep 600; until test -e go; do sleep 0.01; done; exit 3"
    ) { $0.limits.trialTime = 12 }
    await scene.fleet.perform(.suspend("1.1"))
    try await scene.listener.wait { $0.contains { $0.suspension(of: "1.1") != nil } }
    await scene.fleet.perform(.starting("2.1"))
    #expect(try await scene.listener.ending(of: "2.1").cause == .timeLimit)
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    await scene.fleet.perform(.resume("1.1", Self.slot))
    let ending = try await scene.listener.ending(of: "1.1")
    #expect(ending.cause == .exited(status: 3))
    await scene.fleet.close()
  }

  @Test func nothingIsLostOrToldTwiceHoweverOftenTheAgentDies() async throws {
    let seed: UInt64 = 7
    let loop = "while test $n -lt $1; do n=$((n+1)); echo \"attune: {\\\"step\\\": $n, \\\"accuracy\\\": 0.$n}\"; sleep 0.001; done"
    let scene = try await scene("n=0; set -- 100; \(loop); until test -e go; do sleep 0.01; done; set -- 200; \(loop); exit 3")
    var random = RandomStream(seed: seed, purpose: "suspensions", index: 0)
    for round in 1...8 {
      await scene.fleet.perform(.suspend("1.1"))
      if random.nextUnit() < 0.5 { scene.fixture.killAgent() }
      try await scene.listener.wait { $0.count { $0.suspension(of: "1.1") != nil } == round }
      await scene.fleet.perform(.resume("1.1", Self.slot))
      if random.nextUnit() < 0.5 { scene.fixture.killAgent() }
      try await scene.listener.wait { $0.count { $0 == .resumed("1.1") } == round }
    }
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    #expect(try await scene.listener.ending(of: "1.1").cause == .exited(status: 3))
    #expect(await scene.listener.reports(of: "1.1").map(\.step) == Array(1...200), "seed \(seed)")
    let sequences = await scene.listener.events.map(\.sequence).filter { $0 > 0 }
    #expect(sequences == Array(1...sequences.count), "seed \(seed)")
    await scene.fleet.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  @Test func timesOfReportsLeaveOutWhatWasFrozen() {
    var times = FrozenTimes([])
    times.begin(at: 2_000_000_000)
    times.begin(at: 3_000_000_000)
    #expect(times.isFrozen && times.seconds(until: 5_000_000_000) == 3 && times.seconds(until: 1_000_000_000) == 0)
    times.end(at: 4_000_000_000)
    times.end(at: 9_000_000_000)
    #expect(!times.isFrozen && times.seconds(until: 10_000_000_000) == 2 && times.seconds(until: 3_000_000_000) == 1)
    times.begin(at: 10_000_000_000)
    #expect(times.seconds(until: 11_000_000_000) == 3)
  }
}

/// Programs that are asked to save and to leave.
extension SuspensionTests {
  private static let trigger = Order.change(
    "1.1", ChangeRequest(number: 1, trial: TrialID(1), wish: .fire(trigger: "attune.suspend"), by: "asha", reason: nil))

  private func program(_ script: String, limit: Double) async throws -> (Scene, FakeProgram) {
    let scene = try await scene("printf %s \"$ATTUNE_TOKEN\" > token\necho 'attune: {\"accuracy\": 0}'\n\(script)") {
      $0.suspend = .checkpoint
      $0.limits.suspend = limit
    }
    let program = try FakeProgram(dialing: scene.fixture.options().agent.hub)
    program.greet("1.1", token: scene.fixture.text("token"))
    try program.declare("lr", 0.5, triggers: ["attune.suspend"])
    return (scene, program)
  }

  @Test func whatAProgramSavedIsMeasured() async throws {
    let (scene, program) = try await program(
      "until test -e go; do sleep 0.01; done; mkdir \"$ATTUNE_CHECKPOINT/deep\"; printf %1000s > \"$ATTUNE_CHECKPOINT/deep/model\"; exit 75",
      limit: 600)
    await scene.fleet.perform(Self.trigger)
    try await program.messages.wait { $0.contains { if case .request(_, LiveMethod.fireTrigger, _) = $0 { true } else { false } } }
    scene.fixture.killAgent()
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    program.hangUp()
    let ending = try await scene.listener.ending(of: "1.1")
    let suspension = try #require(ending.suspension)
    #expect(ending.cause == .exited(status: 75) && suspension.mode == .checkpoint && suspension.bytes == 1000)
    #expect(suspension.seconds > 0 && suspension.seconds < 60)
    await scene.fleet.close()
  }

  @Test func aProgramThatNeverLeavesKeepsItsSlot() async throws {
    let (scene, program) = try await program("sleep 600", limit: 0.05)
    await scene.fleet.perform(Self.trigger)
    try await scene.listener.wait { $0.contains { if case .suspendFailed("1.1", _) = $0 { true } else { false } } }
    guard case .suspendFailed(_, let message)? = await scene.listener.kinds.last else { return }
    #expect(message == "attempt 1.1 has not given up its slot within 0.05 s (limits.suspend); it runs on")
    await scene.fleet.perform(.stop("1.1"))
    #expect(try await scene.listener.ending(of: "1.1").suspension == nil)
    program.hangUp()
    await scene.fleet.close()
  }
}

extension Event.Kind {
  fileprivate func suspension(of attempt: AttemptID) -> Suspension? {
    if case .suspended(attempt, let suspension) = self { suspension } else { nil }
  }
}
