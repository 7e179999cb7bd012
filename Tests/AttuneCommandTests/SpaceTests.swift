import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

/// `attune space`, `start_with`, `warm_start` and `duplicates` with the real command.
@Suite struct SpaceTests {
  static let file = """
    name: shell
    command: [sh, -c, 'echo "attune: {\\"step\\": 1, \\"loss\\": {n}}"']
    objective: {metric: loss, goal: minimize}
    parameters:
      n: {type: int, range: [1, 8]}
      s: {type: choice, values: [a, b]}
    resources: {local: {slots: 1}}
    """

  private func json(_ result: CommandRun.Result) throws -> JSON {
    #expect(result.status == 0, "\(result.errors)")
    return try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
  }

  @Test func aRunningExperimentIsEdited() async throws {
    let run = try CommandRun()
    try run.write(ExperimentRunTests.liveScript, to: "train.py")
    try run.write(ExperimentRunTests.liveFile.replacing("trials: 1", with: "trials: 2"), to: "e.yaml")
    let experiment = try run.start(["run", "e.yaml"])
    try await waitUntil("the program declares its variable") { try await run.attune("get", "learning_rate", "--trial", "1").status == 0 }
    let narrowed = try json(try await run.attune("space", "narrow", "learning_rate", "0.7", "0.71", "--json"))
    #expect(narrowed["parameters"]?.array?[0]["range"] == [0.7, 0.71])
    #expect(narrowed["parameters"]?.array?[0]["before"]?["range"] == [0.25, 0.75])
    let wrong = try await run.attune("space", "live", "narrow", "learning_rate", "-1", "0.705")
    #expect(wrong.status == 4 && wrong.errors.contains("does not narrow 0.7...0.71"), "\(wrong.errors)")
    #expect(try await run.attune("space", "live", "freeze", "learning_rat", "0.7").status == 3)
    #expect(try await run.attune("space", "live", "freez", "learning_rate").status == 2)
    #expect(try await run.attune("set", "learning_rate=0.5", "--trial", "1", "--wait").status == 0)
    #expect(try await run.attune("fire", "done", "--trial", "1").status == 0)
    try await waitUntil("the second trial runs") { try await run.attune("get", "learning_rate", "--trial", "2").status == 0 }
    #expect(try await run.attune("fire", "done", "--trial", "2").status == 0)
    #expect(await run.finish(experiment).status == 0)
    let status = try json(try await run.attune("status", "live", "--json"))["trials"]?.array ?? []
    let second = status[1]["configuration"]?["learning_rate"]?.double ?? 0
    #expect((0.7...0.71).contains(second) && status.map { $0["live_changes"] } == [1, 0], "\(status.map(\.text))")
    #expect(try await run.attune("status", "live").output.contains("changed live (1)"))
    #expect(try await run.attune("space", "live", "widen", "learning_rate", "0", "1").status == 4, "it is over")
  }

  @Test func anInterruptedExperimentIsEditedForItsNextController() async throws {
    let run = try CommandRun()
    try run.write(Self.file.replacing("echo", with: "test -e go || sleep 3600; echo"), to: "e.yaml")
    let first = try run.start(["run", "e.yaml", "--trials", "1"])
    try await waitUntil("a trial is there") { try await run.attune("status", "shell", "--json").output.contains("\"trial\":1") }
    first.process.interrupt()
    _ = await run.finish(first)
    #expect(try await run.attune("space", "shell", "freeze", "s", "b").output.contains("frozen to b"))
    #expect(try await run.attune("space", "shell", "widen", "n", "-5", "8").output.contains("-5...8"))
    let plain = try await run.attune("space", "shell")
    #expect(plain.output.contains("parameter") && plain.output.contains("a, b"), "\(plain.output)")
    try run.write("", to: "go")
    _ = try await run.attune("resume", "shell")
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let space = try store.space(of: store.experiment(named: "shell"))
    #expect(space["s"]?.frozen == "b" && space["n"]?.domain == .int(lower: -5, upper: 8))
  }

  @Test func everyConfigurationIsTriedOnceFromThePointsOn() async throws {
    let run = try CommandRun()
    try run.write(Self.file + "\nstart_with: [{n: 5, s: b}, {n: 2}]", to: "e.yaml")
    let result = try await run.attune("run", "e.yaml")
    #expect(result.status == 0 && result.output.contains("every configuration has been tried"), "\(result.errors) \(result.output)")
    let trials = try json(try await run.attune("status", "shell", "--json"))["trials"]?.array ?? []
    #expect(trials.count == 16 && Set(trials.compactMap { $0["configuration"]?.text }).count == 16)
    #expect(trials[0]["configuration"] == ["n": 5, "s": "b"] && trials[1]["configuration"]?["n"] == 2)
    #expect(trials.prefix(3).map { $0["proposer"] } == ["start_with", "start_with", "auto"])
  }

  @Test func anExperimentLearnsFromOthers() async throws {
    let run = try CommandRun()
    try run.write(Self.file, to: "e.yaml")
    #expect(try await run.attune("run", "e.yaml", "--trials", "6").status == 0)
    try run.write(
      Self.file.replacing("name: shell", with: "name: next").replacing("[1, 8]", with: "[1, 4]") + "\nwarm_start: [shell]", to: "f.yaml")
    let next = try await run.attune("run", "f.yaml", "--trials", "2")
    #expect(next.status == 0 && next.errors.contains("trials of experiment 'shell'"), "\(next.errors)")
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let prior = try store.experiment(named: "next").definition.prior
    let inside = try store.trials(of: store.experiment(named: "shell")).filter { ($0.configuration["n"]?.number ?? 9) <= 4 }
    #expect(prior.map(\.configuration) == inside.map(\.configuration) && !prior.isEmpty)
    try run.write(Self.file.replacing("metric: loss", with: "metric: gain") + "\nwarm_start: [../shell]", to: "g.yaml")
    #expect(try await run.attune("run", "g.yaml").status == 2, "there is no such store")
    try run.write(Self.file.replacing("metric: loss", with: "metric: gain") + "\nwarm_start: [1]", to: "h.yaml")
    let other = try await run.attune("run", "h.yaml")
    #expect(
      other.status == 2 && other.errors.contains("h.yaml:8:14: warm_start: experiment 'shell' has not measured 'gain'"), "\(other.errors)")
  }
}
