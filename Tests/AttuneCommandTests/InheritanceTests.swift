import AttuneStore
import AttuneValues
import Foundation
import Testing

/// Children that begin with their parent's checkpoint, with the real command and a controller that is killed.
@Suite struct InheritanceTests {
  /// How many generations are behind it is what a trial saves. The fourth waits until the test lets it go on.
  static let script = """
    import attune, os, pathlib, time
    parent = attune.parent_checkpoint()
    age = int((parent / "age").read_text()) + 1 if parent else 0
    save = attune.checkpoint_directory() / "age"
    assert not save.exists() and not attune.resuming()
    if os.environ["ATTUNE_TRIAL"] == "4":
        pathlib.Path("begun").touch()
        while not pathlib.Path("go").exists():
            time.sleep(0.005)
    save.write_text(str(age))
    attune.report(step=1, loss=attune.config({"x": 0})["x"], age=age)
    """

  static let file = """
    name: heirs
    command: [python3, train.py]
    objective: {metric: loss, goal: minimize}
    parameters:
      x: {type: float, range: [0, 1]}
    proposer: {name: evolution, population: 2, tournament: 2}
    limits: {trials: 6}
    resources: {local: {slots: 1}}
    """

  @Test func childrenGoOnFromTheirParents() async throws {
    let run = try CommandRun()
    try run.write(Self.script, to: "train.py")
    try run.write(Self.file, to: "e.yaml")
    let first = try run.start(["run", "e.yaml"])
    try await waitUntil("the fourth trial has begun") { run.exists("begun") }
    kill(first.process.processIdentifier, SIGKILL)
    _ = await run.finish(first)
    try run.write("", to: "go")
    let resumed = try await run.attune("resume")
    #expect(resumed.status == 0, "\(resumed.errors)")
    let status = try JSON(parsing: try await run.attune("status", "heirs", "--json").output.trimmingCharacters(in: .newlines))
    let trials = try #require(status["trials"]?.array)
    #expect(trials.count == 6 && trials.allSatisfy { $0["state"] == "completed" }, "\(status.text)")
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let record = try store.experiment(named: "heirs")
    let ages = try (1...6).map { try store.trial($0, of: record)?.reports.last?.report.metrics["age"] }
    for (index, trial) in trials.enumerated() {
      let parent = trial["parent"]?.int
      #expect((parent != nil) == (index >= 2) && trial["inherited"] == .bool(index >= 2), "\(trial.text)")
      #expect(ages[index] == (parent.flatMap { ages[$0 - 1] }.map { $0 + 1 } ?? 0))
    }
    let table = try await run.attune("status", "heirs").output
    #expect(table.contains("6 (child of "), "\(table)")
    // A replay begins with what the trial began with, though its parent may have saved something else since.
    let parent = try #require(trials[5]["parent"]?.int)
    try run.write("9", to: ".attune/experiments/heirs/trials/\(parent)/checkpoint/age")
    let replay = try await run.attune("replay", "heirs", "--trial", "6", "--run")
    #expect(replay.status == 0 && replay.output.contains("1 of 1 reports equal"), "\(replay.output)\(replay.errors)")
  }
}
