import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

/// Whole experiments with the real command, agent, supervisor and store.
@Suite struct ExperimentRunTests {
  @Test func anExperimentRunsToItsEnd() async throws {
    let run = try CommandRun()
    try run.write(BadInputTests.good, to: "e.yaml")
    let result = try await run.attune("run", "e.yaml", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let best = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
    #expect(best["value"] == 0.5 && best["experiment"] == "test" && best["trial"] == 1)
    let stored = try String(contentsOfFile: best["configuration_file"]?.string ?? "", encoding: .utf8)
    #expect(try JSON(parsing: stored.trimmingCharacters(in: .newlines)) == best["configuration"])
    #expect(best["command"]?.string?.contains("/sh -c 'echo") == true, "the program is named as it was found")
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let trials = try store.trials(of: store.experiment(named: "test"))
    #expect(trials.map(\.state) == Array(repeating: "completed", count: 4))
    #expect(try await run.attune("resume", "test").status == 0, "resuming what is over says so and does nothing")
    #expect(try await run.attune("run", "e.yaml").status == 0)
    #expect(try await run.attune("status").output.contains("test-2"))
  }

  /// A training that waits for the test: it goes on when its live variable says so.
  static let liveScript = """
    import attune, time
    rate = attune.live("learning_rate", 0.5, min=0.0, max=1.0)
    done = attune.trigger("done")
    attune.report(step=1, loss=rate())
    step = 1
    while not done.fired():
        time.sleep(0.005)
        if rate.is_changed():
            step += 1
            attune.report(step=step, loss=rate())
    """

  static let liveFile = """
    name: live
    command: [python3, train.py]
    objective: {metric: loss, goal: minimize}
    parameters:
      learning_rate: {type: float, range: [0.25, 0.75], live: true}
    limits: {trials: 1}
    resources: {local: {slots: 1}}
    """

  @Test func aTrialIsChangedWhileItRuns() async throws {
    let run = try CommandRun()
    try run.write(Self.liveScript, to: "train.py")
    try run.write(Self.liveFile, to: "e.yaml")
    let experiment = try run.start(["run", "e.yaml"])
    try await waitUntil("the program declares its variable") { try await run.attune("get", "learning_rate", "--trial", "1").status == 0 }
    #expect(try await run.attune("ps").output.contains("live trial 1"))
    let change = try await run.attune("set", "learning_rate=0.125", "--trial", "1", "--wait", "--reason", "test")
    #expect(change.status == 0 && change.output.contains("change 1 took effect after step"), "\(change.errors)")
    #expect(try await run.attune("get", "learning_rate", "--trial", "1").output == "0.125\n")
    #expect(try await run.attune("set", "learning_rate=7", "--trial", "1").status == 4)
    #expect(try await run.attune("set", "learning_rat=0.1", "--trial", "1").status == 3)
    #expect(try await run.attune("set", "learning_rate=0.1", "--trial", "9").status == 3)
    let unnamed = try await run.attune("set", "learning_rate=0.1")
    #expect(unnamed.status == 2 && unnamed.errors.contains("\"trial\" is needed"), "\(unnamed.errors)")
    #expect(try await run.attune("fire", "done", "--trial", "1", "--wait").status == 0)
    let result = await run.finish(experiment)
    #expect(result.status == 0, "\(result.errors)")
    try checkJournal(of: run)
  }

  private func checkJournal(of run: CommandRun) throws {
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let record = try store.experiment(named: "live")
    let events = try ExperimentJournal(record, in: store).entries().map(\.event.kind)
    let changes = events.compactMap { kind -> Change? in if case .changed(_, let change) = kind { change } else { nil } }
    #expect(changes.map(\.number) == [1, 2])
    #expect(changes.first?.values == ["learning_rate": 0.125] && changes.first?.step == 1)
    #expect(changes.last?.trigger == "done")
    let reports = events.compactMap { kind -> Report? in if case .reported(_, let report) = kind { report } else { nil } }
    #expect(reports.map(\.step) == [1, 2] && reports.last?.metrics["loss"] == 0.125)
  }

  @Test func aKilledControllerIsResumedWithoutRestartingWhatRuns() async throws {
    let run = try CommandRun()
    try run.write(Self.liveScript, to: "train.py")
    try run.write(Self.liveFile, to: "e.yaml")
    let first = try run.start(["run", "e.yaml"])
    try await waitUntil("the program declares its variable") { try await run.attune("get", "learning_rate", "--trial", "1").status == 0 }
    kill(first.process.processIdentifier, SIGKILL)
    _ = await run.finish(first)
    #expect(try await run.attune("set", "learning_rate=0.3", "--trial", "1").status == 5, "there is no controller")
    let second = try run.start(["resume"])
    try await waitUntil("the controller meets the program") {
      try await run.attune("set", "learning_rate=0.25", "--trial", "1", "--wait").status == 0
    }
    #expect(try await run.attune("fire", "done", "--trial", "1").status == 0)
    #expect(await run.finish(second).status == 0)
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let events = try ExperimentJournal(store.experiment(named: "live"), in: store).entries().map(\.event.kind)
    #expect(events.count { if case .attemptStarted = $0 { true } else { false } } == 1, "the training was started again")
  }

  @Test func aSecondControllerIsRefusedAndStopEndsTheFirst() async throws {
    let run = try CommandRun()
    try run.write(Self.liveScript, to: "train.py")
    try run.write(Self.liveFile, to: "e.yaml")
    let first = try run.start(["run", "e.yaml"])
    try await waitUntil("the program declares its variable") { try await run.attune("get", "learning_rate", "--trial", "1").status == 0 }
    let second = try await run.attune("resume", "live")
    #expect(second.status == 2 && second.errors.contains("has a controller already"), "\(second.errors)")
    #expect(try await run.attune("stop").status == 0)
    let result = await run.finish(first)
    #expect(result.status == 0 && result.output.contains("stopped by"), "\(result.errors)")
    #expect(try await run.attune("stop").status == 5)
  }
}
