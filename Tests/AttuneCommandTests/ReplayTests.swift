import AttuneValues
import Foundation
import Testing

/// `attune replay` with the real command: a trial is changed while it runs, and then run again by its record.
@Suite struct ReplayTests {
  /// A training that waits for a change after its third step, unless it is replayed.
  static let script = """
    import os, random, attune
    rate = attune.live("learning_rate", 0.5, min=0.0, max=1.0, applies="atStep")
    draws = random.Random(int(os.environ["ATTUNE_SEED"]))
    print("the training says hello")
    for step in range(1, 9):
        attune.report(step=step, loss=draws.random() * rate())
        while step == 3 and "ATTUNE_REPLAY" not in os.environ and not rate.is_changed():
            attune.step(step)
    """

  static let file = ExperimentRunTests.liveFile

  private func tunedRun() async throws -> CommandRun {
    let run = try CommandRun()
    try run.write(Self.script, to: "train.py")
    try run.write(Self.file, to: "e.yaml")
    let experiment = try run.start(["run", "e.yaml"])
    try await waitUntil("step 3 is reported") {
      try await run.attune("status", "live", "--json").output.contains("\"steps\":3")
    }
    let change = try await run.attune("set", "learning_rate=0.125", "--trial", "1", "--wait", "--reason", "test")
    #expect(change.status == 0, "\(change.errors)")
    #expect(await run.finish(experiment).status == 0)
    return run
  }

  @Test func aTrialIsRunAgainToTheLastBit() async throws {
    let run = try await tunedRun()
    let schedule = try await run.attune("replay", "live", "--trial", "1", "--output", "s.jsonl")
    #expect(schedule.status == 0 && schedule.output.contains("1 changes in s.jsonl"), "\(schedule.errors)")
    #expect(try await run.attune("replay", "--check", "s.jsonl").status == 0)
    let replay = try await run.attune("replay", "--trial", "1", "--run", "--json")
    #expect(replay.status == 0, "\(replay.errors)")
    let result = try JSON(parsing: replay.output.trimmingCharacters(in: .newlines))
    #expect(result["equal"] == 8 && result["reports"] == 8 && result["own_schedule"] == true)
    #expect(replay.errors.contains("the training says hello"), "what the script prints is shown")
    try await editedScheduleRuns(run)
  }

  private func editedScheduleRuns(_ run: CommandRun) async throws {
    let path = run.folder.appending(path: "s.jsonl")
    let text = try String(contentsOf: path, encoding: .utf8)
    try run.write(text.replacingOccurrences(of: "0.125", with: "0.25"), to: "s.jsonl")
    let replay = try await run.attune("replay", "live", "--trial", "1", "--run", "--schedule", "s.jsonl")
    #expect(replay.status == 0, "\(replay.errors)")
    #expect(replay.output.contains("of 8 reports equal to the last bit") && replay.output.contains("the first that differs: step 4"))
    try run.write(text + "{\"step\": 5, \"vales\": {}}\n", to: "s.jsonl")
    let wrong = try await run.attune("replay", "live", "--trial", "1", "--run", "--schedule", "s.jsonl")
    #expect(wrong.status == 2 && wrong.errors.contains("s.jsonl:") && wrong.errors.contains("nothing was started"), "\(wrong.errors)")
  }

  @Test func whatIsNotThereIsSaid() async throws {
    let run = try CommandRun()
    try run.write(BadInputTests.good, to: "e.yaml")
    #expect(try await run.attune("run", "e.yaml").status == 0)
    #expect(try await run.attune("replay", "--trial", "9").status == 3)
    #expect(try await run.attune("replay").status == 2)
    #expect(try await run.attune("replay", "nobody", "--trial", "1").status == 3)
    #expect(try await run.attune("replay", "--check", "missing.jsonl").status == 2)
    #expect(try await run.attune("replay", "--trial", "1").output.hasPrefix("# experiment test, trial 1, ATTUNE_SEED "))
  }
}
