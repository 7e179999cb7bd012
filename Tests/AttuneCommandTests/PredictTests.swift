import AttuneValues
import Foundation
import Testing

/// `attune predict`, of traces and experiments.
@Suite struct PredictTests {
  /// Twelve losses that fall to ends of their own; trial 3 has a step twice.
  private static let trace: String = {
    var text = "arch,epoch,time,loss\n"
    for trial in 0..<12 {
      for step in 1...20 {
        let loss = 2 + 0.1 * Double(trial) + 3 / Double(step)
        text += "\(trial),\(trial == 3 && step == 5 ? 4 : step),\(step * 10),\(loss)\n"
      }
    }
    return text
  }()

  private static let options = ["--columns", "arch,epoch,time", "--metric", "loss", "--goal", "minimize"]

  private func predict(_ run: CommandRun, _ arguments: String...) async throws -> CommandRun.Result {
    await run.finish(try run.start(["predict", "--trace", "t.csv"] + Self.options + arguments))
  }

  @Test func `a trial of a trace`() async throws {
    let run = try CommandRun()
    try run.write(Self.trace, to: "t.csv")
    let result = try await predict(run, "--trial", "6", "--seen", "8", "--target", "2.8", "--json")
    #expect(result.status == 0 && result.errors.contains("t.csv:66: trial 3: step 4 stands after step 4"), "\(result.errors)")
    let json = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
    let steps = try #require(json["steps"]?.array)
    #expect(json["trial"] == "6" && json["seen"] == 8 && steps.map { $0["step"]?.int } == Array(9...20))
    let last = try #require(steps.last)
    // It ends at 2.75.
    #expect(abs((last["mean"]?.double ?? 0) - 2.75) < 0.05 && (last["probability"]?.double ?? 0) > 0.5, "\(last)")
    #expect((steps[0]["probability"]?.double ?? 1) < 0.5)
    let lines = try await predict(run, "--trial", "6", "--seen", "8", "--upto", "10", "--alone", "--predictor", "last").output
    #expect(lines.split(separator: "\n").map { $0.split(separator: " ").count } == [3, 3], "\(lines)")
  }

  @Test func `mistakes are named`() async throws {
    let run = try CommandRun()
    try run.write(Self.trace, to: "t.csv")
    for (arguments, status, message) in [
      (["--trial", "99"], Int32(3), "t.csv has no trial '99'"), (["--trial", "6"], 2, "nothing is left up to step 20; --upto allows more"),
      (["--trial", "6", "--seen", "4", "--predictor", "avrage"], 2, "Did you mean 'average'?"),
      (["--trial", "6", "--seen", "0"], 2, "--seen 0 refused"), (["--trial", "6", "--metric", "los"], 3, "Did you mean 'loss'?"),
      (["--trial", "6", "--columns", "arch,epoch"], 2, "--columns arch,epoch refused; allowed: three names"),
      ([], 2, "--metric and --trial"),
    ] {
      let result = await run.finish(try run.start(["predict", "--trace", "t.csv"] + Self.options + arguments))
      #expect(result.status == status && result.errors.contains(message), "\(arguments): \(result)")
    }
  }

  @Test func `a trial of an experiment`() async throws {
    let run = try CommandRun()
    let script = #"for s in 1 2 3 4 5 6; do echo "attune: {\"step\": $s, \"loss\": $((10 * $1 + 60 / s))}"; done"#
    try run.write(
      """
      name: test
      command: [sh, -c, '\(script)', sh, "{x}"]
      objective: {metric: loss, goal: minimize, target: 1}
      parameters:
        x: {type: int, range: [1, 4]}
      proposer: grid
      limits: {steps: 6}
      resources: {local: {slots: 2}}
      """, to: "e.yaml")
    #expect(try await run.attune("run", "e.yaml").status == 0)
    #expect(try await run.attune("predict").errors.contains("no trial that has reported may still go on"))
    let result = try await run.attune("predict", "--trial", "2", "--seen", "3", "--target", "35", "--json")
    let json = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
    #expect(json["steps"]?.array?.count == 3 && json["goal"] == "minimize", "\(result)")
    #expect(try await run.attune("predict", "--metric", "los").errors.contains("has no metric 'los'. Did you mean 'loss'?"))
  }
}
