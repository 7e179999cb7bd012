import AttuneCore
@testable import AttuneFleet
import Foundation
import Testing

/// Two real agents on one machine, and what becomes of the trials of one that is lost.
@Suite(.timeLimit(.minutes(2))) struct LocalFleetsTests {
  private struct Scene {
    let fixture: Fixture
    let definition: ExperimentDefinition
    let fleets: LocalFleets
    let listener: Listener
  }

  /// Reports 1, and once there is a file `go`, 2; the second attempt knows what the first has saved.
  private static let script = """
    echo "$ATTUNE_SOCKET" > "socket-$ATTUNE_ATTEMPT_ID"
    trap 'echo saved > "$ATTUNE_CHECKPOINT/state"; exit 75' TERM
    echo 'attune: {"step": 1, "accuracy": 0.1}'
    test "$ATTUNE_RESUME" = 1 && cat "$ATTUNE_CHECKPOINT/state" > "resumed-$ATTUNE_TRIAL"
    until test -e go; do sleep 0.01; done
    echo 'attune: {"step": 2, "accuracy": 0.2}'; exit 0
    """

  private static let slots = [Slot(agent: "local-1", index: 0), Slot(agent: "local-2", index: 0)]

  private static func start(_ attempt: AttemptID, _ slot: Slot) -> Order {
    .start(
      Order.Start(
        attempt: attempt, configuration: Configuration(["lr": 0.5]), slot: slot, isResume: attempt.number > 1, seed: 7, changes: []))
  }

  /// An agent cannot be started while there is a file of its name.
  private func scene(_ vary: (inout ExperimentDefinition) -> Void = { _ in }) async throws -> Scene {
    let fixture = try Fixture()
    let agent = try fixture.script(
      "for word; do test -e \"$(dirname \"$0\")/no-$word\" && exit 1; done; exec \(Fixture.product("AgentForTests")) \"$@\"",
      name: "agent.sh")
    let definition = try fixture.definition(["/bin/sh", try fixture.script(Self.script)]) {
      $0.resources = Resources(localSlots: 2, agents: 2)
      vary(&$0)
    }
    let options = fixture.options {
      $0.executable = "/bin/sh"; $0.arguments = [agent, "agent"]
    }
    let fleets = try LocalFleets(definition, options: options)
    let listener = Listener(try await fleets.open(acknowledged: [:], running: [:]))
    try await listener.wait { kinds in Self.slots.allSatisfy { kinds.contains(.slotOffered($0)) } }
    return Scene(fixture: fixture, definition: definition, fleets: fleets, listener: listener)
  }

  private func startBoth(_ scene: Scene) async throws {
    for (number, slot) in zip(1..., Self.slots) {
      let id = AttemptID(trial: TrialID(number), number: 1)
      await scene.fleets.perform(Self.start(id, slot))
      try await scene.listener.wait { $0.contains { $0.isReport(of: id, step: 1) } }
    }
  }

  @Test func eachAgentHasItsOwnProcessesAndAllSeeTheTrials() async throws {
    let scene = try await scene()
    try await startBoth(scene)
    #expect(scene.fixture.text("socket-1.1") != scene.fixture.text("socket-2.1"))
    // What the first agent's attempt saved, the second's goes on with.
    await scene.fleets.perform(.stop("1.1"))
    #expect(try await scene.listener.ending(of: "1.1").cause == .exited(status: 75))
    await scene.fleets.perform(.copyCheckpoint(of: TrialID(1), to: TrialID(3), as: .own))
    try await scene.listener.wait { $0.contains(.checkpointCopied(twin: TrialID(3), problem: nil)) }
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    #expect(try await scene.listener.ending(of: "2.1").cause == .exited(status: 0))
    await scene.fleets.perform(Self.start("1.2", Self.slots[1]))
    #expect(try await scene.listener.ending(of: "1.2").cause == .exited(status: 0))
    #expect(scene.fixture.text("resumed-1") == "saved\n")
    #expect(scene.fixture.text("socket-1.2") == scene.fixture.text("socket-2.1"))
    let sources = Set(await scene.listener.events.filter { $0.sequence > 0 }.map(\.source))
    #expect(sources == ["local-1", "local-2"])
    await scene.fleets.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  @Test func anAgentThatIsKilledIsReplacedAndNothingIsLost() async throws {
    let scene = try await scene()
    try await startBoth(scene)
    scene.fixture.killAgent(in: "agents/local-2")
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    for id: AttemptID in ["1.1", "2.1"] {
      #expect(try await scene.listener.ending(of: id).cause == .exited(status: 0))
      #expect(await scene.listener.reports(of: id).map(\.step) == [1, 2])
    }
    await scene.fleets.close()
  }

  @Test func trialsOfAnAgentThatCannotBeHadGoOnWithTheOther() async throws {
    let scene = try await scene { $0.suspend = .signal }
    try await startBoth(scene)
    // Stopped or not: nothing of it may run on.
    await scene.fleets.perform(.suspend("2.1"))
    try await scene.listener.wait { $0.contains { if case .suspended("2.1", _) = $0 { true } else { false } } }
    try scene.fixture.write("", to: "\(scene.fixture.root)/no-local-2")
    scene.fixture.killAgent(in: "agents/local-2")
    #expect(try await scene.listener.ending(of: "2.1").cause == .lost)
    #expect(await scene.listener.kinds.contains(.slotLost(Self.slots[1])))
    #expect(processes(mentioning: "ATTUNE_CHECKPOINT=\(scene.fixture.root)/trials/2").isEmpty)
    // What is ordered of it now is lost as well, and the other agent goes on.
    await scene.fleets.perform(Self.start("3.1", Self.slots[1]))
    #expect(try await scene.listener.ending(of: "3.1").cause == .lost)
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    #expect(try await scene.listener.ending(of: "1.1").cause == .exited(status: 0))
    await scene.fleets.perform(Self.start("2.2", Self.slots[0]))
    #expect(try await scene.listener.ending(of: "2.2").cause == .exited(status: 0))
    #expect(scene.fixture.text("resumed-2") == "saved\n")
    await scene.fleets.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  @Test func theNextControllerTakesBothOver() async throws {
    let scene = try await scene()
    try await startBoth(scene)
    await scene.fleets.vanish()
    let options = scene.fixture.options()
    let second = try LocalFleets(scene.definition, options: options)
    let running: [AttemptID: Slot] = ["1.1": Self.slots[0], "2.1": Self.slots[1]]
    let after = Listener(try await second.open(acknowledged: ["local-1": 2, "local-2": 2], running: running))
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    for id: AttemptID in ["1.1", "2.1"] {
      #expect(try await after.ending(of: id).cause == .exited(status: 0))
      #expect(await after.reports(of: id).map(\.step) == [2])
    }
    await second.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  @Test func anAgentThatIsMissingFromTheStartIsDoneWithout() async throws {
    let scene = try await scene()
    try await startBoth(scene)
    await scene.fleets.vanish()
    try scene.fixture.write("", to: "\(scene.fixture.root)/no-local-1")
    scene.fixture.killAgent(in: "agents/local-1")
    let options = scene.fixture.options {
      $0.executable = "/bin/sh"
      $0.arguments = ["\(scene.fixture.root)/agent.sh", "agent"]
    }
    let second = try LocalFleets(scene.definition, options: options)
    let running: [AttemptID: Slot] = ["1.1": Self.slots[0], "2.1": Self.slots[1]]
    let after = Listener(try await second.open(acknowledged: ["local-1": 2, "local-2": 2], running: running))
    #expect(try await after.ending(of: "1.1").cause == .lost)
    #expect(scene.fixture.trouble.contains { $0.contains("'local-1'") })
    try scene.fixture.write("", to: "\(scene.fixture.root)/go")
    #expect(try await after.ending(of: "2.1").cause == .exited(status: 0))
    await second.close()
    #expect(processes(mentioning: scene.fixture.root).isEmpty)
  }

  @Test func slotsAreDividedEvenly() {
    let shares = { (slots: Int, agents: Int) in Resources(localSlots: slots, agents: agents).slotsOfAgents.map { "\($0.agent) \($0.slots)" }
    }
    #expect(shares(5, 2) == ["local-1 3", "local-2 2"])
    #expect(shares(3, 1) == ["local 3"])
  }
}
