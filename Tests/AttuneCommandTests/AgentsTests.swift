import AttuneValues
import Foundation
import Testing

/// An experiment with two agents, by the real command.
@Suite(.timeLimit(.minutes(3))) struct AgentsTests {
  private func run(_ mode: String) throws -> CommandRun {
    let run = try CommandRun()
    try run.write(
      "import os\nopen('socket-' + os.environ['ATTUNE_ATTEMPT_ID'], 'w').write(os.environ['ATTUNE_SOCKET'])\n" + SuspendTests.script,
      to: "train.py")
    let file = SuspendTests.file(mode, trials: 3).replacingOccurrences(of: "{slots: 1}", with: "{slots: 2, agents: 2}")
    try run.write(file, to: "e.yaml")
    return run
  }

  private func trial(_ number: Int, _ run: CommandRun) async throws -> JSON? {
    let result = try await run.attune("status", "paused", "--json")
    let status = try? JSON(parsing: result.output.trimmingCharacters(in: .newlines))
    return status?["trials"]?.array?.first { $0["trial"]?.int == number }
  }

  private func waitForSteps(_ count: Int, trial number: Int, _ run: CommandRun) async throws {
    try await waitUntil("trial \(number) has done \(count) steps") { try await trial(number, run)?["steps"]?.int ?? 0 >= count }
  }

  private func socket(_ attempt: String, _ run: CommandRun) -> String? {
    try? String(contentsOf: run.folder.appending(path: "socket-\(attempt)"), encoding: .utf8)
  }

  @Test func aTrialSuspendedUnderOneAgentGoesOnUnderTheOther() async throws {
    let run = try run("checkpoint")
    let first = try run.start(["run", "e.yaml"])
    for number in [1, 2] { try await waitForSteps(3, trial: number, run) }
    #expect(socket("1.1", run) != socket("2.1", run))
    for number in ["1", "2"] {
      let set = try await run.attune("set", "rate=0.3", "--trial", number)
      #expect(set.status == 0, "\(set.errors)")
      #expect(try await run.attune("get", "rate", "--trial", number).output.contains("0.3"))
    }
    let listed = try await run.attune("ps", "--json").output
    #expect(listed.contains("\"trial\":1") && listed.contains("\"trial\":2"), "\(listed)")
    #expect(try await run.attune("suspend", "--trial", "1", "--wait").status == 0)
    // Its slot is the third trial's, so only the other agent's can become free.
    try await waitForSteps(3, trial: 3, run)
    kill(first.process.processIdentifier, SIGKILL)
    _ = await run.finish(first)
    let second = try run.start(["resume"])
    try await waitUntil("the controller is back") { try await run.attune("resume", "--trial", "1").status == 0 }
    try run.write("", to: "go-2")
    try await waitForSteps(3, trial: 1, run)
    try await waitUntil("trial 1 has begun again") { socket("1.2", run)?.isEmpty == false }
    #expect(socket("1.2", run) == socket("2.1", run))
    #expect(try await run.attune("stop", "--trial", "3").status == 0)
    try run.write("", to: "go-1")
    let end = await run.finish(second)
    #expect(end.status == 0, "\(end.errors)")
    #expect(try await trial(1, run)?["state"] == "completed")
    #expect(try await trial(1, run)?["steps"] == 8)
    #expect(try await trial(2, run)?["state"] == "completed")
    #expect(try await trial(3, run)?["state"] == "stopped")
    #expect(SuspendTests().processes(in: run.folder).isEmpty)
  }

  @Test func whatIsFrozenGoesOnWithItsOwnAgent() async throws {
    let run = try run("signal")
    let experiment = try run.start(["run", "e.yaml"])
    for number in [1, 2] { try await waitForSteps(3, trial: number, run) }
    #expect(try await run.attune("suspend", "--trial", "2", "--wait").status == 0)
    try await waitForSteps(3, trial: 3, run)
    #expect(try await run.attune("resume", "--trial", "2").status == 0)
    // The other agent's slot becomes free first, and is not for it.
    try run.write("", to: "go-1")
    try await waitUntil("trial 1 is done") { try await trial(1, run)?["state"] == "completed" }
    #expect(try await trial(2, run)?["state"] == "suspended")
    for number in [2, 3] { try run.write("", to: "go-\(number)") }
    let end = await run.finish(experiment)
    #expect(end.status == 0, "\(end.errors)")
    #expect(try await trial(2, run)?["state"] == "completed")
    #expect(socket("2.2", run) == nil)
    #expect(SuspendTests().processes(in: run.folder).isEmpty)
  }
}
