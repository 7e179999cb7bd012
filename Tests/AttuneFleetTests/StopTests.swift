import AttuneCore
@testable import AttuneFleet
import Testing

/// Stopping: a request, a grace period, then the end of every descendant.
@Suite(.timeLimit(.minutes(2))) struct StopTests {
  private func stop(_ script: String, grace: Double) async throws -> (ending: Ending, fixture: Fixture) {
    let fixture = try Fixture()
    let command = ["/bin/sh", try fixture.script(script)]
    let fleet = try LocalFleet(try fixture.definition(command) { $0.limits.grace = grace }, options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    try await listener.wait { $0.contains { $0.isReport(of: "1.1", step: 1) } }
    await fleet.perform(.stop("1.1"))
    let ending = try await listener.ending(of: "1.1")
    #expect(processes(mentioning: "ATTUNE_CHECKPOINT=\(fixture.root)").isEmpty)
    await fleet.close()
    return (ending, fixture)
  }

  private static let ready = "echo 'attune: {\"accuracy\": 0}'\n"

  @Test func aScriptMaySaveAndLeave() async throws {
    let (ending, fixture) = try await stop("trap 'echo saved > kept; exit 75' TERM\n\(Self.ready)sleep 600 & wait", grace: 60)
    #expect(ending.cause == .exited(status: 75))
    #expect(fixture.text("kept") == "saved\n")
  }

  @Test func aWorkerBehindAShellHasItsGraceToo() async throws {
    let worker = "(trap 'read line < \"$0.fifo\"; echo saved > kept; exit 0' TERM; \(Self.ready)sleep 600 & wait) &"
    let (ending, fixture) = try await stop(
      "mkfifo \"$0.fifo\"; \(worker)\n(trap '' TERM; while kill -0 $$ 2>/dev/null; do :; done; echo go > \"$0.fifo\") & wait", grace: 60)
    #expect(ending.cause == .signalled(signal: 15))
    #expect(fixture.text("kept") == "saved\n")
  }

  @Test func deafnessEndsWithTheGracePeriod() async throws {
    let (ending, _) = try await stop("trap '' TERM\n\(Self.ready)while :; do sleep 600; done", grace: 0.2)
    #expect(ending.cause == .signalled(signal: 9))
    #expect(ending.seconds >= 0.2)
  }

  @Test func aStoppedProcessEndsToo() async throws {
    let (ending, _) = try await stop("\(Self.ready)kill -STOP $$", grace: 60)
    #expect(ending.cause == .signalled(signal: 15))
  }

  @Test func aDaemonInItsOwnSessionEndsToo() async throws {
    let (ending, _) = try await stop(
      "setsid sh -c 'trap \"\" TERM HUP; setsid sleep 600 & while :; do sleep 600; done' &\n\(Self.ready)sleep 600", grace: 0.2)
    #expect(ending.cause == .signalled(signal: 15))
  }

  @Test func whatOutlivesTheCommandEndsWithIt() async throws {
    let fixture = try Fixture()
    let command = ["/bin/sh", try fixture.script("setsid sleep 600 & sleep 600 & exit 0")]
    let fleet = try LocalFleet(try fixture.definition(command), options: fixture.options())
    let listener = Listener(try await fleet.open(acknowledged: [:], running: [:]))
    await fleet.perform(.starting("1.1"))
    #expect(try await listener.ending(of: "1.1").cause == .exited(status: 0))
    #expect(processes(mentioning: "ATTUNE_CHECKPOINT=\(fixture.root)").isEmpty)
    await fleet.close()
  }
}
