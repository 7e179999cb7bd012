import AttuneStore
import AttuneValues
import Foundation
import Testing

/// Asking and telling with the real command, each time in a process of its own.
@Suite struct AskTellTests {
  static let file = """
    name: search
    objective: {metric: loss, goal: minimize}
    parameters:
      x: {type: float, range: [0, 1]}
      y: {type: float, range: [0, 1]}
    limits: {trials: 12, retries: 1}
    """

  private func asked(_ result: CommandRun.Result) throws -> [JSON] {
    #expect(result.status == 0, "\(result.errors)")
    return try result.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
  }

  @Test func aSearchFromAShell() async throws {
    let run = try CommandRun()
    try run.write(Self.file, to: "e.yaml")
    for line in try asked(await run.attune("ask", "e.yaml", "-n", "10")) {
      let number = try #require(line["trial"]?.int)
      #expect(line["experiment"] == "search" && line["seed"]?.int != nil && line["configuration"]?.object?.count == 2)
      let loss = (line["configuration"]?["x"]?.double ?? 0) + 0.001 * (line["configuration"]?["y"]?.double ?? 0)
      #expect(try await run.attune("tell", "search", "\(number)", "loss=\(loss)").output == "completed\n")
    }
    let next = try #require(try asked(await run.attune("ask", "e.yaml")).first)
    #expect(next["trial"] == 11, "the same file goes on with its experiment")
    #expect(try await run.attune("tell", "search", "11", "--step", "1", "loss=0.5").output == "running\n")
    #expect(try await run.attune("tell", "search", "11", "--failed", "--reason", "no memory").output == "waiting\n")
    #expect(try asked(await run.attune("ask", "search")).first == next, "what failed is tried again, as the file says")
    #expect(try asked(await run.attune("ask", "search", "--again", "11")).first == next)
    #expect(try await run.attune("tell", "search", "11", "--step", "2", "--done", "loss=0.25", "--json").output.contains("\"completed\""))
    #expect(try await run.attune("status").output.contains("open (attune ask goes on)"))
    _ = try await run.attune("ask", "search")
    #expect(try await run.attune("tell", "search", "12", "loss=nan").output == "failed\n")
    let nothing = try await run.attune("ask", "e.yaml")
    #expect(nothing.status == 4 && nothing.errors.contains("the experiment is over (all trials are done)"), "\(nothing.errors)")
    #expect(try await run.attune("status").output.contains("all trials are done"))
    try await checkImportance(run)
    #expect(try asked(await run.attune("ask", "--new", "e.yaml")).first?["experiment"] == "search-2")
  }

  /// Of a `passive` experiment what people add is all there is.
  @Test func configurationsOfOnesOwn() async throws {
    let run = try CommandRun()
    try run.write(Self.file + "\nproposer: passive", to: "e.yaml")
    let nothing = try await run.attune("ask", "e.yaml")
    #expect(nothing.status == 4 && nothing.errors.contains("'passive' has proposed all it can"), "\(nothing.errors)")
    let added = try await run.attune("add", "search", "x=1", "y=0.25")
    #expect(added.status == 0 && added.output == "search: will be tried next: x=1 y=0.25\n", "\(added.errors)")
    let refused = try await run.attune("add", "search", "x=2", "y=0.25")
    #expect(refused.status == 4 && refused.errors.contains("parameter 'x': 2 refused"), "\(refused.errors)")
    #expect(try await run.attune("add", "search", "x=0.5").errors.contains("'y'"))
    #expect(try asked(await run.attune("ask", "search")).first?["configuration"] == ["x": 1.0, "y": 0.25])
    #expect(try await run.attune("tell", "search", "1", "loss=0.5").output == "completed\n")
  }

  /// What it has learned stays, however the other experiment goes on, and its file counts as unchanged.
  @Test func anAskedExperimentLearnsFromOthers() async throws {
    let run = try CommandRun()
    try run.write(Self.file, to: "e.yaml")
    _ = try asked(await run.attune("ask", "e.yaml"))
    #expect(try await run.attune("tell", "search", "1", "loss=0.5").output == "completed\n")
    try run.write(Self.file.replacing("name: search", with: "name: next") + "\nwarm_start: [search]", to: "f.yaml")
    let first = try await run.attune("ask", "f.yaml")
    #expect(first.status == 0 && first.errors.contains("trials of experiment 'search'"), "\(first.errors)")
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    #expect(try store.experiment(named: "next").definition.prior.count == 1)
    _ = try asked(await run.attune("ask", "search"))
    #expect(try await run.attune("tell", "search", "2", "loss=0.25").output == "completed\n")
    try run.write(Self.file.replacing("name: search", with: "name: next") + "\nwarm_start: [search]\n", to: "f.yaml")
    #expect(try asked(await run.attune("ask", "f.yaml")).first?["trial"] == 2)
    #expect(try store.experiment(named: "next").definition.prior.count == 1)
  }

  private func checkImportance(_ run: CommandRun) async throws {
    let document = try JSON(parsing: await run.attune("importance", "search", "--pairs", "--curves", "x", "--json").output)
    #expect(document["trials"] == 12 && document["pairs"]?.array?.count == 1 && document["curves"]?["x"]?.array?.isEmpty == false)
    #expect(document["shares"]?.array?.first?["parameters"] == ["x"])
    let lines = try await run.attune("importance", "search", "--method", "ped-anova").output
    #expect(lines.split(separator: "\n").contains { $0.hasPrefix("x ") } && lines.contains("# 1 failed trial counts"), "\(lines)")
    #expect(try await run.attune("importance", "search", "--curves", "z").status == 3)
    #expect(try await run.attune("importance", "search", "--method", "ped-anova", "--pairs").status == 2)
  }

  /// From nothing: the store, the experiment and twelve trials, each once.
  @Test func manyShellsAtOnce() async throws {
    let run = try CommandRun()
    try run.write(Self.file, to: "e.yaml")
    let started = try (0..<6).map { _ in try run.start(["ask", "e.yaml", "-n", "2"]) }
    var trials: [JSON] = []
    for shell in started { trials += try asked(await run.finish(shell)) }
    #expect(Set(trials.map { $0["experiment"] }) == ["search"])
    #expect(trials.compactMap { $0["trial"]?.int }.sorted() == Array(1...12))
    let tellers = try trials.map { try run.start(["tell", "search", "\($0["trial"]?.int ?? 0)", "loss=1"]) }
    for teller in tellers { #expect(await run.finish(teller).status == 0) }
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    #expect(try store.trials(of: store.experiment(named: "search")).map(\.state) == Array(repeating: "completed", count: 12))
  }

  @Test func whatMakesNoSenseIsSaid() async throws {
    let run = try CommandRun()
    try run.write(Self.file, to: "e.yaml")
    let cases: [([String], Int32, String)] = [
      (["ask", "f.yaml"], 2, "f.yaml: there is no such file"), (["ask", "other"], 3, "no store at"),
      (["tell", "search", "1", "loss=1"], 3, "no store at"),
    ]
    for (words, status, text) in cases { try await check(run, words, status, text) }
    _ = try await run.attune("ask", "e.yaml")
    let later: [([String], Int32, String)] = [
      (["tell", "search", "2", "loss=1"], 3, "there is no trial 2"), (["tell", "search", "1"], 4, "nothing was told"),
      (["tell", "search", "1", "acc=1"], 4, "without 'loss', the objective; told: acc"),
      (["tell", "search", "1", "loss=low"], 2, "is no metric"),
      (["tell", "search", "1", "loss"], 2, "is no assignment"), (["tell", "search", "1", "--failed", "loss=1"], 2, "--failed excludes"),
      (["ask", "search", "--again", "2"], 3, "there is no trial 2"), (["ask", "nobody"], 3, "is not in"),
      (["run", "e.yaml"], 2, "`attune ask` gives the trials out"), (["resume", "search"], 2, "command: missing"),
    ]
    for (words, status, text) in later { try await check(run, words, status, text) }
    try run.write(Self.file.replacing("12", with: "13"), to: "e.yaml")
    try await check(run, ["ask", "e.yaml"], 2, "has been changed since experiment 'search' began")
    #expect(try await run.attune("stop", "search").output == "the experiment is stopped\n")
    try await check(run, ["tell", "search", "1", "loss=1"], 4, "the experiment is over (stopped by")
  }

  private func check(_ run: CommandRun, _ words: [String], _ status: Int32, _ text: String) async throws {
    let result = await run.finish(try run.start(words))
    #expect(result.status == status && result.errors.contains(text), "\(words): \(result.status), \(result.errors)")
  }

  /// While `attune run` works on an experiment, its controller is asked.
  @Test func besideAController() async throws {
    let run = try CommandRun()
    try run.write(ExperimentRunTests.liveScript, to: "train.py")
    try run.write(ExperimentRunTests.liveFile.replacing("trials: 1", with: "trials: 2"), to: "e.yaml")
    let experiment = try run.start(["run", "e.yaml"])
    try await waitUntil("the program declares its variable") { try await run.attune("get", "learning_rate", "--trial", "1").status == 0 }
    #expect(try asked(await run.attune("ask", "e.yaml")).first?["trial"] == 2)
    #expect(try await run.attune("ask", "live").status == 4)
    let refused = try await run.attune("tell", "live", "1", "loss=1")
    #expect(refused.status == 4 && refused.errors.contains("trial 1 runs in slot"), "\(refused.errors)")
    #expect(try await run.attune("fire", "done", "--trial", "1", "--wait").status == 0)
    #expect(try await run.attune("tell", "live", "2", "loss=0.125").output == "completed\n")
    let result = await run.finish(experiment)
    #expect(result.status == 0 && result.output.contains("0.125 by trial 2"), "\(result.output) \(result.errors)")
  }
}
