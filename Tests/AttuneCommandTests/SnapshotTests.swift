import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

/// `suspend: criu` with the real command and the real CRIU; skipped where `attune doctor` says that it does not work.
@Suite(.timeLimit(.minutes(3))) struct SnapshotTests {
  /// What the doctor says of CRIU.
  private static func finding(_ environment: [String: String] = [:]) async throws -> JSON? {
    let run = try CommandRun()
    let result = await run.finish(try run.start(["doctor", "--json"], environment: environment))
    let findings = try JSON(parsing: result.output.trimmingCharacters(in: .newlines)).array
    return findings?.first { $0["part"] == "criu" }
  }

  static let works = ConditionTrait.enabled("CRIU works here") { try await finding()?["good"] == true }

  /// No step and no file: what it knows is in its memory and in that of its child. At the third step it waits for the test.
  private static let script = """
    import os, subprocess, threading, time
    threading.Thread(target=time.sleep, args=[600], daemon=True).start()
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    total = 0
    for step in range(1, 9):
        while step > 3 and not os.path.exists("go-" + os.environ["ATTUNE_TRIAL"]):
            time.sleep(0.005)
        child.stdin.write(f"{step}\\n")
        child.stdin.flush()
        total += int(child.stdout.readline())
        print('attune: {"accuracy": %d}' % total, flush=True)
    """

  private static let file = """
    name: snapshots
    command: [python3, train.py]
    objective: {metric: accuracy, goal: maximize}
    parameters: {x: {type: float, range: [0.0, 1.0]}}
    proposer: random
    suspend: criu
    limits: {trials: 2}
    resources: {local: {slots: 1}}
    """

  @Test(works) func everyStepIsDoneOnce() async throws {
    let run = try CommandRun()
    try run.write(Self.script, to: "train.py")
    try run.write(Self.file, to: "e.yaml")
    let first = try run.start(["run", "e.yaml"])
    try await waitForSteps(3, trial: 1, run)
    let set = try await run.attune("set", "x=0.5", "--trial", "1")
    #expect(set.status != 0 && set.errors.contains("a connection cannot be put into a snapshot"), "\(set.errors)")
    let suspended = try await run.attune("suspend", "--trial", "1", "--wait")
    #expect(suspended.status == 0, "\(suspended.errors)")
    try await waitForSteps(3, trial: 2, run)
    kill(first.process.processIdentifier, SIGKILL)
    _ = await run.finish(first)
    let second = try run.start(["resume"])
    try await waitUntil("the controller is back") { try await run.attune("resume", "--trial", "1").status == 0 }
    #expect(try await run.attune("suspend", "--trial", "2", "--wait").status == 0)
    for number in [1, 2] { try run.write("", to: "go-\(number)") }
    #expect(try await run.attune("resume", "--trial", "2").status == 0)
    let end = await run.finish(second)
    #expect(end.status == 0, "\(end.errors)")
    try checkJournal(run)
    #expect(SuspendTests().processes(in: run.folder).isEmpty)
  }

  private func waitForSteps(_ count: Int, trial: Int, _ run: CommandRun) async throws {
    try await waitUntil("trial \(trial) has done \(count) steps") {
      let result = try await run.attune("status", "snapshots", "--json")
      let status = try? JSON(parsing: result.output.trimmingCharacters(in: .newlines))
      return status?["trials"]?.array?.first { $0["trial"]?.int == trial }?["steps"]?.int ?? 0 >= count
    }
  }

  private func checkJournal(_ run: CommandRun) throws {
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let record = try store.experiment(named: "snapshots")
    let events = try ExperimentJournal(record, in: store).entries().map(\.event.kind)
    for trial in [1, 2] {
      let reports = events.compactMap { kind -> Report? in
        if case .reported(let id, let report) = kind, id.trial == TrialID(trial) { report } else { nil }
      }
      #expect(reports.map(\.step) == Array(1...8), "trial \(trial)")
      #expect(reports.allSatisfy { $0.metrics["accuracy"] == Double($0.step * ($0.step + 1) / 2) }, "trial \(trial)")
    }
    #expect(events.count { if case .attemptStarted = $0 { true } else { false } } == 4)
    let suspensions = try store.suspensions(of: record)
    #expect(suspensions.count == 2 && suspensions.allSatisfy { $0.suspension.mode == .criu && $0.suspension.bytes > 100_000 })
  }

  @Test func whereItDoesNotWorkNothingIsStarted() async throws {
    let run = try CommandRun()
    try run.write("", to: "train.py")
    try run.write(Self.file, to: "e.yaml")
    let experiment = try run.start(["run", "e.yaml"], environment: ["ATTUNE_CRIU": "/no/criu"])
    let refused = await run.finish(experiment)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("suspend: 'criu' does not work here ('/no/criu' (ATTUNE_CRIU) cannot be run"), "\(refused.errors)")
    #expect(refused.errors.contains("Nothing was started"))
    #expect(!FileManager.default.fileExists(atPath: run.folder.appending(path: ".attune").path))
  }

  @Test func theDoctorTriesWhatItIsTold() async throws {
    #expect(try await Self.finding(["ATTUNE_CRIU": "/bin/false"])?["good"] == false)
    let finding = try #require(try await Self.finding(["ATTUNE_CRIU": "/bin/echo"]))
    #expect(finding["good"] == false && finding["finding"]?.string?.contains("could not be brought back: there is no process") == true)
  }
}
