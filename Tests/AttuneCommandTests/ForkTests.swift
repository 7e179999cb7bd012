import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

/// `attune fork` with the real command: a twin beside its trial, the controller killed in between.
@Suite struct ForkTests {
  /// A training that does a step whenever the test lets it, saves when asked, and goes on from what it saved.
  static let script = """
    import attune, os, pathlib, random, time
    rate = attune.live("learning_rate", 0.5, min=0.0, max=1.0)
    done = attune.trigger("done")
    save = attune.trigger("attune.checkpoint")
    model = attune.checkpoint_directory() / "model"
    step, weight = map(float, model.read_text().split()) if attune.resuming() else (0, 0.0)
    limit = pathlib.Path(f"limit-{os.environ['ATTUNE_TRIAL']}")
    while not done.fired():
        if save.fired():
            (model.parent / "draft").write_text(f"{step} {weight}")
            (model.parent / "draft").rename(model)
        if limit.exists() and step < int(limit.read_text() or 0):
            step += 1
            weight += rate() * (1 + random.Random(int(os.environ["ATTUNE_SEED"]) * 1000 + int(step)).random() / 100)
            attune.report(step=int(step), loss=weight)
        else:
            time.sleep(0.005)
    """

  static let file = """
    name: live
    command: [python3, train.py]
    objective: {metric: loss, goal: minimize}
    parameters:
      learning_rate: {type: float, range: [0.25, 0.75], live: true}
    limits: {trials: 1}
    resources: {local: {slots: 2}}
    """

  private func step(_ trial: Int, to limit: Int, _ run: CommandRun) async throws {
    try run.write("\(limit)", to: "limit-\(trial)")
    try await waitUntil("trial \(trial) has come to step \(limit)") {
      let trials = try JSON(parsing: try await run.attune("status", "live", "--json").output.trimmingCharacters(in: .newlines))["trials"]
      return trials?.array?[trial - 1]["steps"]?.int == limit
    }
  }

  private func json(_ result: CommandRun.Result) throws -> JSON {
    #expect(result.status == 0, "\(result.errors)")
    return try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
  }

  @Test func aTwinGoesOnUnchanged() async throws {
    let run = try CommandRun()
    try run.write(Self.script, to: "train.py")
    try run.write(Self.file, to: "e.yaml")
    let first = try run.start(["run", "e.yaml"])
    try await waitUntil("the program declares its variable") { try await run.attune("get", "learning_rate", "--trial", "1").status == 0 }
    #expect(try await run.attune("set", "learning_rate=0.25", "--trial", "1", "--wait").status == 0)
    try await step(1, to: 8, run)
    let forking = try run.start(["fork", "live", "--trial", "1", "--json"])
    // The program saves, and the report of its next step says that it has.
    try await waitUntil("the checkpoint is asked for") { try await run.attune("status", "live", "--json").output.contains("\"twin_of\":1") }
    try await waitUntil("it is saved") { run.exists(".attune/experiments/live/trials/1/checkpoint/model") }
    try await step(1, to: 9, run)
    let forked = try json(await run.finish(forking))
    #expect(forked["twin"] == 2 && forked["step"] == 8 && forked["left_out"] == [], "\(forked.text)")
    // A twin loses nothing when its controller dies.
    kill(first.process.processIdentifier, SIGKILL)
    _ = await run.finish(first)
    let second = try run.start(["resume"])
    try await waitUntil("the twin runs") { try await run.attune("get", "learning_rate", "--trial", "2").output == "0.25\n" }
    #expect(try await run.attune("set", "learning_rate=0.75", "--trial", "1", "--wait").status == 0)
    try await step(1, to: 20, run)
    try await step(2, to: 20, run)
    for trial in ["1", "2"] { #expect(try await run.attune("fire", "done", "--trial", trial).status == 0) }
    #expect(await run.finish(second).status == 0)
    try await check(run)
  }

  private func check(_ run: CommandRun) async throws {
    let status = try json(try await run.attune("status", "live", "--json"))
    let twin = status["trials"]?.array?[1]
    #expect(twin?["twin_of"] == 1 && twin?["forked_at"] == 8 && status["twins"] == 1, "\(status.text)")
    #expect(try await run.attune("status", "live").output.contains("2 (twin of 1 from step 8)"))
    // Step 9 was done by both before the change, to the last bit.
    let store = try Store(path: run.folder.appending(path: ".attune/attune.db").path)
    let record = try store.experiment(named: "live")
    let curves = try [1, 2].map { number in
      Dictionary(
        uniqueKeysWithValues: (try store.trial(number, of: record)?.reports ?? []).map { ($0.report.step, $0.report.metrics["loss"]) })
    }
    #expect(curves[1].keys.sorted() == Array(9...20) && curves[0][9] == curves[1][9])
    let effect = try json(try await run.attune("effect", "live", "--trial", "1", "--change", "3", "--json"))
    let paired = effect["changes"]?.array?.first?["metrics"]?["loss"]?["twin"]
    #expect(paired?["trial"] == 2 && paired?["difference"]?["clear"] == true && paired?["reports"] == 11, "\(effect.text)")
    #expect(try json(try await run.attune("best", "live", "--json"))["trial"] == 1, "a twin is not the best")
    #expect(try json(try await run.attune("best", "live", "--twins", "--json"))["trial"] == 1)
    let schedule = try await run.attune("replay", "live", "--trial", "2")
    #expect(schedule.output.contains("the twin of trial 1 from step 8 on") && schedule.output.contains("0.25"), "\(schedule.output)")
    #expect(!schedule.output.contains("0.75"), "\(schedule.output)")
  }

  @Test func whatCannotBeForkedIsSaid() async throws {
    let run = try CommandRun()
    try run.write(ExperimentRunTests.liveScript, to: "train.py")
    try run.write(ExperimentRunTests.liveFile, to: "e.yaml")
    #expect(try await run.attune("fork", "--trial", "1").status == 3)
    let experiment = try run.start(["run", "e.yaml"])
    try await waitUntil("the program declares its variable") { try await run.attune("get", "learning_rate", "--trial", "1").status == 0 }
    let bare = try await run.attune("fork", "--trial", "1")
    #expect(bare.status == 4 && bare.errors.contains("--from-start"), "\(bare.errors)")
    #expect(try await run.attune("fork", "--trial", "9").status == 3)
    #expect(try await run.attune("fork", "--trial", "1", "--at-change", "4", "--from-start").status == 3)
    let twin = try await run.attune("fork", "--trial", "1", "--from-start")
    #expect(twin.output.contains("trial 2 is the twin of trial 1 from step 0 on"), "\(twin.errors)")
    #expect(try await run.attune("stop").status == 0)
    _ = await run.finish(experiment)
    #expect(try await run.attune("fork", "--trial", "1").status == 5)
  }
}

extension CommandRun {
  /// Whether a file is there.
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }
}
