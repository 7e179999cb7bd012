import Foundation
import Testing

/// Bad input gets one clear line and exit status 2, and nothing half-done is left.
@Suite struct BadInputTests {
  static let good = """
    name: test
    command: [sh, -c, "echo 'attune: {\\"step\\": 1, \\"loss\\": 0.5}'"]
    objective: {metric: loss, goal: minimize}
    parameters:
      lr: {type: float, range: [1e-4, 1.0], scale: log}
    limits: {trials: 4}
    resources: {local: {slots: 2}}
    """

  /// What is replaced in the good file, by what, and what the line says.
  static let wrongFiles: [(String, String, String)] = [
    ("objective:", "objektive:", "Did you mean 'objective'?"),
    ("scale: log", "scael: log", "Did you mean 'scale'?"),
    ("[1e-4, 1.0]", "[1.0, 1e-4]", "is empty"),
    ("[1e-4, 1.0]", "[0.0, 1.0]", "a log scale needs a lower bound > 0"),
    ("  lr:", "  lr: {type: bool}\n  lr:", "lr"),
    ("[sh, -c,", "[no-such-program,", "there is no program 'no-such-program'"),
    ("name: test", "proposer: radnom", "Did you mean 'random'?"),
    ("name: test", "scheduler: {name: median, strtup: 3}", "Did you mean 'startup'?"),
    ("trials: 4", "trials: 0", "trials"),
  ]

  @Test(arguments: wrongFiles)
  func aWrongFileIsRefused(part: String, wrong: String, expected: String) async throws {
    let run = try CommandRun()
    try run.write(Self.good.replacingOccurrences(of: part, with: wrong), to: "e.yaml")
    let result = try await run.attune("run", "e.yaml")
    #expect(result.status == 2)
    #expect(result.errors.contains(expected) && result.errors.contains("e.yaml:"), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: run.folder.appending(path: ".attune").path), "something half-done is left")
  }

  /// What the script does, and what the message says of it.
  static let wrongScripts: [(String, String)] = [
    ("true", "the script ended without reporting 'loss'"),
    ("echo 'attune: {\\\"step\\\": 1, \\\"loss\\\": NaN}'", "its last 'loss' is nan"),
    ("echo unlucky >&2; exit 3", "| unlucky"), ("kill -9 $$", "ended by signal 9"),
    ("echo 'attune: {\\\"step\\\": 1, \\\"los\\\": 1}'", "'los' but not 'loss'"),
  ]

  @Test(arguments: wrongScripts)
  func aScriptThatCannotWorkEndsTheExperiment(script: String, expected: String) async throws {
    let run = try CommandRun()
    let command = "[sh, -c, \"\(script)\"]"
    let lines = Self.good.split(separator: "\n").map { $0.hasPrefix("command:") ? "command: \(command)" : String($0) }
    try run.write(lines.joined(separator: "\n").replacingOccurrences(of: "trials: 4", with: "trials: 50"), to: "e.yaml")
    let result = try await run.attune("run", "e.yaml")
    #expect(result.status == 2)
    #expect(result.errors.contains("3 identical failures at the start"), "\(result.errors)")
    #expect(result.errors.contains(expected), "\(result.errors)")
    let status = try await run.attune("status", "test", "--json")
    #expect(status.output.contains("\"failed\""), "\(status.output)")
    #expect(!status.output.contains("\"running\"") && !status.output.contains("\"waiting\""))
  }

  @Test func usageErrorsHaveTheSameStatus() async throws {
    let run = try CommandRun()
    #expect(try await run.attune("run").status == 2)
    #expect(try await run.attune("run", "missing.yaml").status == 2)
    #expect(try await run.attune("nonsense").status == 2)
    #expect(try await run.attune("set", "lr", "--trial", "1").status == 2)
    #expect(try await run.attune("best", "nobody").status == 3)
    #expect(try await run.attune("--help").status == 0)
    #expect(try await run.attune("--version").output == "0.1.0\n")
  }

  @Test func aFolderThatIsAFileIsRefused() async throws {
    let run = try CommandRun()
    try run.write(Self.good, to: "e.yaml")
    try run.write("", to: "file")
    let result = try await run.attune("run", "e.yaml", "--store", "file")
    #expect(result.status == 2)
    #expect(result.errors.contains("cannot be written"))
  }
}
