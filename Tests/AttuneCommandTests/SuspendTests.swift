import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

/// People take trials off their slots and let them go on, with the real command, agent and Python client.
@Suite(.timeLimit(.minutes(3))) struct SuspendTests {
  /// Counts to 8, a step whenever the test allows one more; saves after every step.
  static let script = """
    import attune, json, os, sys, time
    suspend = attune.trigger("attune.suspend") if os.environ.get("KNOWS") != "no" else None
    rate = attune.live("rate", 0.5, min=0.0, max=1.0)
    saved = attune.checkpoint_directory() / "step"
    step = int(saved.read_text()) if attune.resuming() and saved.exists() else 0
    trial = os.environ["ATTUNE_TRIAL"]
    while step < 8:
        while step >= 3 and not os.path.exists("go-" + trial):
            if suspend and suspend.fired():
                sys.exit(75)
            time.sleep(0.005)
        step += 1
        saved.write_text(str(step))
        attune.report(step=step, loss=1 / step)
        if suspend and suspend.fired():
            sys.exit(75)
    """

  static func file(_ mode: String, trials: Int = 2, knows: String = "yes") -> String {
    """
    name: paused
    command: [python3, train.py]
    objective: {metric: loss, goal: minimize}
    parameters: {rate: {type: float, range: [0.25, 0.75], live: true}}
    proposer: random
    suspend: \(mode)
    environment: {KNOWS: "\(knows)"}
    limits: {trials: \(trials), steps: 8}
    resources: {local: {slots: 1}}
    """
  }

  private func run(_ mode: String, trials: Int = 2, knows: String = "yes") throws -> CommandRun {
    let run = try CommandRun()
    try run.write(Self.script, to: "train.py")
    try run.write(Self.file(mode, trials: trials, knows: knows), to: "e.yaml")
    return run
  }

  private func status(_ run: CommandRun) async throws -> JSON {
    let result = try await run.attune("status", "paused", "--json")
    return (try? JSON(parsing: result.output.trimmingCharacters(in: .newlines))) ?? .null
  }

  private func trial(_ number: Int, _ run: CommandRun) async throws -> JSON? {
    try await status(run)["trials"]?.array?.first { $0["trial"]?.int == number }
  }

  private func waitForSteps(_ count: Int, trial: Int, _ run: CommandRun) async throws {
    try await waitUntil("trial \(trial) has done \(count) steps") { try await self.trial(trial, run)?["steps"]?.int ?? 0 >= count }
  }

  @Test(arguments: ["checkpoint", "signal"])
  func aTrialIsSuspendedByAPersonAndGoesOnThroughADeath(mode: String) async throws {
    let run = try run(mode)
    let first = try run.start(["run", "e.yaml"])
    try await waitForSteps(3, trial: 1, run)
    let suspended = try await run.attune("suspend", "--trial", "1", "--wait")
    #expect(suspended.status == 0 && suspended.output.hasPrefix("trial 1 is suspended, after "), "\(suspended.errors)")
    let again = try await run.attune("suspend", "--trial", "1")
    #expect(again.status == 4 && again.errors.contains("was suspended by"), "\(again.errors)")
    let set = try await run.attune("set", "rate=0.3", "--trial", "1")
    #expect(set.status == 4 && set.errors.contains("trial 1 is suspended, and only a running one can be reached"), "\(set.errors)")
    // Its slot is another trial's.
    try await waitForSteps(3, trial: 2, run)
    kill(first.process.processIdentifier, SIGKILL)
    _ = await run.finish(first)
    let second = try run.start(["resume"])
    try run.write("", to: "go-2")
    try await waitUntil("trial 2 is completed") { try await trial(2, run)?["state"] == "completed" }
    #expect(try await trial(1, run)?["state"] == "suspended", "what a person has suspended waits for a person")
    #expect(try await run.attune("resume", "--trial", "2").status == 4)
    try run.write("", to: "go-1")
    #expect(try await run.attune("resume", "paused", "--trial", "1").status == 0)
    let result = await run.finish(second)
    #expect(result.status == 0, "\(result.errors)")
    try check(run, attempts: mode == "checkpoint" ? 3 : 2, mode: mode)
    let report = try await status(run)["suspensions"]
    #expect(report?["count"] == 1 && report?["all"]?.array?.first?["mode"] == .string(mode) && (report?["bytes_mean"]?.double ?? 0) > 0)
    #expect(try await run.attune("status", "paused").output.contains("suspended 1 times: "))
  }

  /// Every step of both trials is there once.
  private func check(_ run: CommandRun, attempts: Int, mode: String) throws {
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let events = try ExperimentJournal(store.experiment(named: "paused"), in: store).entries().map(\.event.kind)
    for trial in [1, 2] {
      let steps = events.compactMap { kind -> Int? in
        if case .reported(let id, let report) = kind, id.trial == TrialID(trial) { report.step } else { nil }
      }
      #expect(steps == Array(1...8), "trial \(trial), \(mode)")
    }
    #expect(events.count { if case .attemptStarted = $0 { true } else { false } } == attempts)
  }

  @Test func aProgramThatCannotSuspendItselfRunsOn() async throws {
    let run = try run("checkpoint", trials: 1, knows: "no")
    let experiment = try run.start(["run", "e.yaml"])
    try await waitForSteps(3, trial: 1, run)
    let refused = try await run.attune("suspend", "paused", "--trial", "1", "--wait")
    #expect(refused.status == 4 && refused.errors.contains("trial 1 runs on: "), "\(refused.errors)")
    #expect(try await run.attune("suspend", "--trial", "7").status == 3)
    try run.write("", to: "go-1")
    #expect(await run.finish(experiment).status == 0)
    #expect(try await run.attune("suspend", "--trial", "1").status == 5, "there is no controller")
  }

  @Test func anExperimentMayForbidIt() async throws {
    let run = try run("none", trials: 1)
    let experiment = try run.start(["run", "e.yaml"])
    try await waitForSteps(3, trial: 1, run)
    let refused = try await run.attune("suspend", "--trial", "1")
    #expect(refused.status == 4 && refused.errors.contains("suspend: none"), "\(refused.errors)")
    try run.write("", to: "go-1")
    #expect(await run.finish(experiment).status == 0)
  }

  @Test(arguments: ["checkpoint", "signal"])
  func stoppingEndsWhatIsSuspended(mode: String) async throws {
    let run = try run(mode)
    let experiment = try run.start(["run", "e.yaml"])
    try await waitForSteps(3, trial: 1, run)
    #expect(try await run.attune("suspend", "--trial", "1", "--wait").status == 0)
    try await waitForSteps(3, trial: 2, run)
    #expect(try await run.attune("stop").status == 0)
    #expect(await run.finish(experiment).status == 0)
    for number in [1, 2] { #expect(try await trial(number, run)?["state"] == "stopped") }
    #expect(processes(in: run.folder).isEmpty)
  }

  func processes(in folder: URL) -> [Int32] {
    let manager = FileManager.default
    return ((try? manager.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter {
      (try? manager.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) == folder.path
    }
  }
}

/// A scheduler that suspends at every rung, and a controller that is killed between.
extension SuspendTests {
  private static let climbing = """
    import attune, os, sys, time
    suspend = attune.trigger("attune.suspend")
    x = attune.config({"x": 0.5})["x"]
    saved = attune.checkpoint_directory() / "step"
    step = int(saved.read_text()) if attune.resuming() and saved.exists() else 0
    while step < 9:
        time.sleep(0.02)
        step += 1
        saved.write_text(str(step))
        attune.report(step=step, accuracy=x * step)
        if suspend.fired():
            sys.exit(75)
    """

  private static func climbingFile(_ mode: String) -> String {
    """
    name: climbing
    command: [python3, train.py]
    objective: {metric: accuracy, goal: maximize}
    parameters: {x: {type: float, range: [0.0, 1.0]}}
    proposer: random
    scheduler: asha
    suspend: \(mode)
    limits: {trials: 9, steps: 9}
    resources: {local: {slots: 2}}
    seed: 3
    """
  }

  private func count(_ run: CommandRun) async throws -> Int {
    let result = try await run.attune("status", "climbing", "--json")
    let status = try? JSON(parsing: result.output.trimmingCharacters(in: .newlines))
    return status?["suspensions"]?["count"]?.int ?? 0
  }

  @Test(arguments: ["checkpoint", "signal"])
  func everyStepIsDoneOnceUnderAsha(mode: String) async throws {
    let run = try CommandRun()
    try run.write(Self.climbing, to: "train.py")
    try run.write(Self.climbingFile(mode), to: "e.yaml")
    let first = try run.start(["run", "e.yaml"])
    try await waitUntil("two trials have been suspended") { try await count(run) >= 2 || !first.process.isRunning }
    kill(first.process.processIdentifier, SIGKILL)
    _ = await run.finish(first)
    let second = try await run.attune("resume")
    #expect(second.status == 0, "\(second.errors)")
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let record = try store.experiment(named: "climbing")
    let trials = try store.trials(of: record)
    #expect(trials.count == 9 && trials.contains { $0.state == "completed" && $0.steps == 9 })
    let events = try ExperimentJournal(record, in: store).entries().map(\.event.kind)
    for trial in trials {
      let steps = events.compactMap { kind -> Int? in
        if case .reported(let id, let report) = kind, id.trial == TrialID(trial.number) { report.step } else { nil }
      }
      #expect(steps == Array(1...max(1, trial.steps)), "trial \(trial.number), \(mode)")
    }
    let suspensions = try store.suspensions(of: record)
    #expect(suspensions.count >= 2 && suspensions.allSatisfy { $0.suspension.mode.rawValue == mode && $0.suspension.bytes > 0 })
    #expect(processes(in: run.folder).isEmpty, "a stopped process is left")
  }
}
