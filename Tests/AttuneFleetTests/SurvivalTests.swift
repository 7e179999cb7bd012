import AttuneCore
@testable import AttuneFleet
import Foundation
import Testing

/// Deaths of the agent, of supervisors and of controllers, and what must come through them.
@Suite(.timeLimit(.minutes(2))) struct SurvivalTests {
  /// Reports step after step, each when the test writes a line into the script's pipe.
  private static let stepwise = """
    mkfifo "$0.$ATTUNE_TRIAL"; exec 3<> "$0.$ATTUNE_TRIAL"
    n=0; echo 'attune: {"step": 1, "accuracy": 0}'
    while read line <&3; do test "$line" = end && exit 5; n=$((n+1)); echo "attune: {\\"step\\": $((n+1)), \\"accuracy\\": $line}"; done
    """

  private func tell(_ line: String, to path: String) throws {
    let pipe = try #require(FileHandle(forWritingAtPath: path))
    try pipe.write(contentsOf: Data((line + "\n").utf8))
    try pipe.close()
  }

  @Test func anAgentKilledTwiceLosesAndDoublesNothing() async throws {
    let fixture = try Fixture()
    let script = try fixture.script(Self.stepwise)
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    for round in 1...2 {
      fixture.killAgent()
      // Written while there is no agent.
      try tell("0.\(round)", to: script + ".1")
      try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: round + 1) } }
    }
    try tell("end", to: script + ".1")
    #expect(try await listener.ending(of: "1.1").cause == .exited(status: 5))
    #expect(await listener.reports(of: "1.1").map(\.step) == [1, 2, 3])
    #expect(await listener.events.map(\.sequence).filter { $0 > 0 } == [1, 2, 3, 4, 5])
    await fleet.close()
  }

  @Test func anAgentKilledWhileItStartsIsReplaced() async throws {
    let fixture = try Fixture()
    let agent = Fixture.product("AgentForTests")
    let launcher = #"test -e "\#(fixture.root)/once" || { touch "\#(fixture.root)/once"; kill -9 $$; }; exec "\#(agent)" agent "$0" "$@""#
    let fleet = try LocalFleet(
      try fixture.definition(["/bin/sh", "-c", "echo 'attune: {\"accuracy\": 1}'"]),
      options: fixture.options {
        $0.executable = "/bin/sh"; $0.arguments = ["-c", launcher]
      })
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    #expect(try await listener.ending(of: "1.1").cause == .exited(status: 0))
    await fleet.close()
  }

  @Test func anAgentThatAControllerBeforeHasLeftIsClosed() async throws {
    let fixture = try Fixture()
    let definition = try fixture.definition(["/bin/true"])
    let first = try LocalFleet(definition, options: fixture.options())
    _ = try await first.open(acknowledged: [:], running: [:])
    #expect(LockFile.isHeld(fixture.root + "/agent/agent.lock"))
    await first.vanish()
    await (try LocalFleet(definition, options: fixture.options())).close()
    #expect(!LockFile.isHeld(fixture.root + "/agent/agent.lock"))
    #expect(processes(mentioning: fixture.root).isEmpty)
  }

  @Test func anAttemptThatEndsWithoutAnAgentIsTold() async throws {
    let fixture = try Fixture()
    let script = try fixture.script(Self.stepwise)
    let definition = try fixture.definition(["/bin/sh", script])
    let first = try LocalFleet(definition, options: fixture.options())
    let listener = Listener(try await first.open(acknowledged: [:], running: [:]))
    await first.perform(.starting("1.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    fixture.killAgent(SIGSTOP)
    try tell("end", to: script + ".1")
    try await fileAppears("\(fixture.root)/trials/1/attempts/1/exit.json")
    fixture.killAgent()
    #expect(try await listener.ending(of: "1.1").cause == .exited(status: 5))
    await first.close()
  }

  @Test func aControllerThatComesBackHearsTheRest() async throws {
    let fixture = try Fixture()
    let script = try fixture.script(Self.stepwise)
    let definition = try fixture.definition(["/bin/sh", script])
    let first = try LocalFleet(definition, options: fixture.options())
    let before = Listener(try await first.open(acknowledged: [:], running: [:]))
    await first.perform(.starting("1.1"))
    try await before.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    await first.acknowledge("local", through: 1)

    let second = try LocalFleet(definition, options: fixture.options())
    let after = Listener(try await second.open(acknowledged: ["local": 1], running: ["1.1": Slot(agent: "local", index: 0)]))
    try await after.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    try tell("0.5", to: script + ".1")
    try tell("end", to: script + ".1")
    #expect(try await after.ending(of: "1.1").cause == .exited(status: 5))
    // What happened before comes before the slots.
    #expect(await after.events.map(\.sequence) == [2, 0, 0, 3, 4])
    // The first controller is told that it has been replaced, and does not fight for the agent.
    try await before.wait { $0.contains(.slotLost(Slot(agent: "local", index: 1))) }
    #expect(fixture.trouble.contains { $0.hasPrefix("another controller has taken the agent over") })
    await second.close()
  }

  @Test func aSlowControllerHoldsUpTheSenderAndFreesTheDisk() async throws {
    let fixture = try Fixture()
    let count = 10_000
    let script = "awk 'BEGIN { for (n = 1; n <= \(count); n++) printf \"attune: {\\\"step\\\": %d, \\\"accuracy\\\": 0.5}\\n\", n }'"
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", try fixture.script(script)]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    // Nothing is acknowledged: the attempt ends, and the agent keeps what it cannot tell.
    try await listener.wait(count: Int(AgentSession.window))
    let exit = "\(fixture.root)/trials/1/attempts/1/exit.json"
    try await fileAppears(exit)
    #expect(await listener.kinds.contains { $0.isEnd(of: "1.1") } == false)
    let full = try #require(Files.read(fixture.root + "/agent/spool")).count
    for heard in stride(from: Int(AgentSession.window), through: count, by: 1000) {
      try await listener.wait(count: heard)
      await fleet.acknowledge("local", through: await listener.events.last?.sequence ?? 0)
    }
    #expect(try await listener.ending(of: "1.1").cause == .exited(status: 0))
    #expect(await listener.reports(of: "1.1").map(\.step) == Array(1...count))
    await fleet.acknowledge("local", through: count + 2)
    await fleet.close()
    #expect(try #require(Files.read(fixture.root + "/agent/spool")).count < full / 2)
  }

  @Test func aKilledSupervisorIsALostAttempt() async throws {
    let fixture = try Fixture()
    let script = try fixture.script(Self.stepwise)
    let fleet = try LocalFleet(try fixture.definition(["/bin/sh", script]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    let lock = LockFile.text("\(fixture.root)/trials/1/attempts/1/supervisor.lock")
    kill(try #require(pid_t(lock.split(separator: "\n").first.map(String.init) ?? "")), SIGKILL)
    #expect(try await listener.ending(of: "1.1").cause == .lost)
    await fleet.close()
    #expect(processes(mentioning: "ATTUNE_CHECKPOINT=\(fixture.root)").isEmpty)
  }

  @Test func anAgentWithNothingToDoLeaves() async throws {
    let fixture = try Fixture()
    let options = fixture.options().agent
    let idle = AgentOptions(
      name: "local", directory: options.directory, socket: options.socket, hub: options.hub, supervisor: options.supervisor, idleSeconds: 0)
    var launcher = AgentLauncher(
      executable: fixture.options().executable, arguments: ["agent"], options: idle, limit: 20)
    // It may be gone before it answers: both are right, but it must be gone.
    _ = try? await launcher.reach()
    await launcher.untilGone(within: 20)
    #expect(!LockFile.isHeld(options.lockPath))
    #expect(!Files.exists(options.socket), "\(fixture.text("agent/agent.log"))")
  }

  @Test func aSecondAgentInTheDirectoryIsRefused() async throws {
    let fixture = try Fixture()
    let options = fixture.options().agent
    try Files.makeDirectory(options.directory)
    let lock = try #require(try LockFile(taking: options.lockPath))
    defer { lock.letGo() }
    lock.write(AgentCard(pid: 4711, socket: "/nowhere").text)
    await #expect(throws: FleetError.agentRunning(directory: options.directory, pid: 4711)) { try await AgentProcess.run(options) }
  }

  @Test func aFullDiskIsToldAndAcknowledgesNothing() async throws {
    let fixture = try Fixture()
    try Files.makeDirectory(fixture.root + "/agent")
    symlink("/dev/full", fixture.root + "/agent/spool")
    let fleet = try LocalFleet(try fixture.definition(["/bin/true"]), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    try await listener.wait { $0.contains(.slotOffered(Slot(agent: "local", index: 1))) }
    await fleet.close()
    #expect(await listener.events.allSatisfy { $0.sequence == 0 })
    #expect(fixture.trouble.contains { $0.contains("No space left on device") })
  }

  /// Waits for a file by looking, with a deadline: nobody tells of it here.
  private func fileAppears(_ path: String) async throws {
    let deadline = monotonicNanoseconds() + 20_000_000_000
    while !Files.exists(path) {
      try #require(monotonicNanoseconds() < deadline)
      await Task.yield()
    }
  }
}
