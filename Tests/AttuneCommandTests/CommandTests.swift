import AttuneCore
import AttuneFiles
import AttuneStore
import AttuneValues
import Foundation
import Testing

/// Commands beside `run`: the interview, programs that run by themselves, files of other systems.
@Suite struct CommandTests {
  @Test func initAsksAndWritesAFileThatRuns() async throws {
    let run = try CommandRun()
    try run.write("import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr', type=float, default=0.01)\n", to: "train.py")
    let answers = ["", "sh -c \"echo 'attune: {lr}'\"", "loss", "", "lr float 0.1 1", "", "3", "1"] + Array(repeating: "", count: 20)
    let result = try await run.attune("init", input: answers.joined(separator: "\n") + "\n")
    #expect(result.status == 0, "\(result.errors)")
    let file = run.folder.appending(path: "experiment.yaml").path
    #expect(try ExperimentFile.load(path: file).definition.limits.trials == 3)
    let again = try await run.attune("init")
    #expect(again.status == 2 && again.errors.contains("is there already"))
  }

  @Test func initWithoutAnswersWritesNothing() async throws {
    let run = try CommandRun()
    let result = try await run.attune("init")
    #expect(result.status == 2 && result.errors.contains("nothing was written"), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: run.folder.appending(path: "experiment.yaml").path))
  }

  @Test func aProgramThatRunsByItselfIsFoundAndTuned() async throws {
    let run = try CommandRun()
    try run.write(ExperimentRunTests.liveScript, to: "alone.py")
    let program = try run.start(["python3", "alone.py"], executable: URL(filePath: "/usr/bin/env"))
    try await waitUntil("the program is found") { try await run.attune("get", "learning_rate").output == "0.5\n" }
    #expect(try await run.attune("ps").output.contains("learning_rate=0.5"))
    let changed = try await run.attune("set", "learning_rate=0.25", "--program", "alone", "--wait", "--json")
    #expect(changed.output.contains("\"step\":1"), "\(changed.errors)")
    #expect(try await run.attune("watch", "--lines", "3", "--json").output.contains("\"loss\":0.25"))
    #expect(try await run.attune("set", "learning_rate=2").status == 4)
    #expect(try await run.attune("set", "learning_rate=0.3", "--program", "other").status == 3)
    #expect(try await run.attune("fire", "done").status == 0)
    #expect(await run.finish(program).status == 0)
    #expect(try await run.attune("get", "learning_rate").status == 3)
  }

  @Test func auptimizersFilesAndScriptsRunAsTheyStand() async throws {
    let run = try CommandRun()
    let script = """
      #!/usr/bin/env python3
      import json, sys
      with open(sys.argv[1]) as file:
          config = json.load(file)
      x, y = config["x"], config["y"]
      print("#Auptimizer:0.5")
      print("#Auptimizer:%f" % ((1 - x) ** 2 + 100 * (y - x * x) ** 2 + 0 * config["job_id"]))
      """
    try run.write(script, to: "rosenbrock.py")
    let file = """
      {"proposer": "random", "script": "rosenbrock.py", "resource": "cpu", "n_parallel": 2, "target": "min", "n_samples": 5,
       "parameter_config": [{"name": "x", "range": [-5, 10], "type": "float"}, {"name": "y", "range": [-5, 10], "type": "float"}]}
      """
    try run.write(file, to: "experiment.json")
    let result = try await run.attune("run", "experiment.json", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let best = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
    let x = try #require(best["configuration"]?["x"]?.double), y = try #require(best["configuration"]?["y"]?.double)
    #expect(abs(try #require(best["value"]?.double) - ((1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x))) < 1e-5)
  }
}

/// Asks again until it is so; the commands asked with take their own time. Given up only after many answers and a minute: where tests that
/// compute hold all threads, a minute passes without a single one.
func waitUntil(_ what: String, _ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(60)
  var answers = 0
  while try await !condition() {
    answers += 1
    try #require(answers < 200 || ContinuousClock.now < deadline, "\(what), but not within a minute")
  }
}
