import AttuneCore
import AttuneValues
import Foundation
import Testing

/// What the command finds: fronts, bounds and seeds, with real scripts.
@Suite struct BestTests {
  private static func file(_ lines: String, script: String) -> String {
    """
    name: test
    command: [sh, -c, '\(script)', sh, "{x}", "{seed}"]
    \(lines)
    parameters:
      x: {type: int, range: [1, 4]}
    proposer: grid
    resources: {local: {slots: 2}}
    """
  }

  private func json(_ result: CommandRun.Result) throws -> JSON {
    #expect(result.status == 0, "\(result.errors)")
    return try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
  }

  private static let twoObjectives = """
    objectives: [{metric: loss, goal: minimize}, {metric: speed, goal: maximize}]
    outcome_constraints: ["memory <= 3"]
    """

  /// More x is less loss and less speed; 4 takes too much memory.
  private static let tradeOff = #"echo "attune: {\"step\": 1, \"loss\": $((10 - $1)), \"speed\": -$1, \"memory\": $1}""#

  @Test func `several objectives have a front`() async throws {
    let run = try CommandRun()
    try run.write(Self.file(Self.twoObjectives + "\nscheduler: median", script: Self.tradeOff), to: "e.yaml")
    let ended = try await run.attune("run", "e.yaml")
    #expect(ended.status == 0 && ended.output.contains("front of 3 trials"), "\(ended.errors)")
    #expect(ended.errors.contains("scheduler 'median' goes by 'loss' alone, the first of 2 objectives"))
    let front = try json(await run.attune("best", "--json", "--reference", "10,-5"))
    #expect(front["front"]?.array?.map { $0["values"]?["loss"]?.double } == [7, 8, 9])
    #expect(front["hypervolume"]?.double == 3 * 2 + 2 + 2 - 1 && front["feasible"] == 3 && front["configurations"] == 4)
    let kept = try String(contentsOfFile: front["front_file"]?.string ?? "", encoding: .utf8)
    #expect(try JSON(parsing: kept.trimmingCharacters(in: .newlines)) == front["front"])
    let text = try await run.attune("best").output
    #expect(text.contains("3 of 4 configurations keep memory <= 3.0") && text.contains("hypervolume"), "\(text)")
    #expect(try await run.attune("status").output.contains("a front of 3"))
    #expect(try await run.attune("status", "test").output.contains("6 (infeasible)"))
    let status = try json(await run.attune("status", "test", "--json"))
    let worst = try #require(status["trials"]?.array?.first { $0["configuration"]?["x"] == 4 }?["trial"]?.int)
    let one = try json(await run.attune("best", "--trial", "\(worst)", "--json"))
    #expect(one["feasible"] == false && one["violations"]?["memory <= 3.0"]?.double == 1)
    #expect(try await run.attune("best", "--trial", "9").status == 3)
    let wrong = try await run.attune("best", "--reference", "1")
    #expect(wrong.status == 2 && wrong.errors.contains("allowed: 2 numbers with commas, for loss, speed"), "\(wrong.errors)")
  }

  @Test func `where nothing keeps the bounds that is said`() async throws {
    let run = try CommandRun()
    let lines = "objective: {metric: loss, goal: minimize}\noutcome_constraints: [\"memory <= 0.5\", \"power <= 3\"]"
    try run.write(Self.file(lines, script: Self.tradeOff), to: "e.yaml")
    let ended = try await run.attune("run", "e.yaml")
    #expect(ended.output.contains("no trial keeps the outcome constraints; the one that breaks them least"), "\(ended.output)")
    #expect(ended.output.contains("breaks          memory <= 0.5 (is 1), power <= 3.0 (not reported)"), "\(ended.output)\(ended.errors)")
    #expect(try await run.attune("status").output.contains("none keeps the outcome constraints"))
  }

  @Test func `the best is tested with seeds that nothing was chosen by`() async throws {
    let run = try CommandRun()
    let script = #"echo "$1 $2" >> seeds; echo "attune: {\"step\": 1, \"loss\": $1, \"seed\": $ATTUNE_SEED}""#
    let lines = "objective: {metric: loss, goal: minimize}\nseeds: {tune: 2, test: 3}"
    try run.write(Self.file(lines, script: script), to: "e.yaml")
    let best = try json(await run.attune("run", "e.yaml", "--json"))
    #expect(best["value"]?.double == 1 && best["seeds"]?["tune"]?.array?.first?["values"]?.array?.map(\.double) == [1, 1], "\(best)")
    let test = best["seeds"]?["test"]?.array?.first
    #expect(test?["n"] == 3 && test?["mean"]?.double == 1 && test?["standard_error"]?.double == 0 && test?["failed"] == 0)
    let seeds = try String(contentsOf: run.folder.appending(path: "seeds"), encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: " ")
    }
    #expect(seeds.count == 4 * 2 + 3 && Set(seeds.map { $0[1] }).count == 5)
    let text = try await run.attune("best").output
    #expect(text.contains("tuning          loss 1, the mean of 2 seeds (1 to 1)"), "\(text)")
    #expect(text.contains("test            loss 1 ± 0, mean and standard error of 3 seeds"), "\(text)")
    #expect(try await run.attune("status").output.contains("4 with 2 seeds"))
  }
}
