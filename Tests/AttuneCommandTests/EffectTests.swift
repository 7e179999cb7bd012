import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

@testable import AttuneCommand

@Suite struct EffectReportTests {
  private func curve(_ steps: Int, _ value: (Int) -> Double) -> Curve {
    Curve((1...steps).map { TrialRecord.ReportRow(attempt: 1, Report(step: $0, metrics: ["loss": value($0)], elapsed: Double($0))) })
  }

  private func set(_ number: Int, _ step: Int, _ value: Double) -> Change {
    Change(number: number, step: step, values: ["lr": .float(value)], by: "ann", reason: number == 1 ? "plateau" : nil)
  }

  private func metrics(_ report: EffectReport, _ index: Int) -> JSON? { report.json["changes"]?.array?[index]["metrics"]?["loss"] }

  @Test func theJumpIsFoundAndSaid() throws {
    let history = TrialHistory(
      name: "program 'p'", curve: curve(60) { ($0 <= 20 ? 1.0 : 0.5) - 0.001 * Double($0) + 0.002 * sin(Double($0 * $0)) },
      changes: [set(1, 20, 0.1), set(2, 22, 0.01)])
    let report = EffectReport(history, change: nil, metrics: [], window: 20)
    #expect(metrics(report, 0)?["problem"] == "too few reports after it: 2, needed are 5")
    #expect(metrics(report, 1)?["problem"] == "too few reports before it: 2, needed are 5")
    #expect(report.text.contains("change 1 after step 20: lr = 0.1, by ann (plateau)"), "\(report.text)")
    #expect(report.text.contains("change 2 after step 22: lr 0.1 → 0.01, by ann"), "\(report.text)")
    #expect(report.text.contains("note: the lines after end at the change after step 22"), "\(report.text)")
    let alone = EffectReport(
      TrialHistory(name: "p", curve: history.curve, changes: [set(1, 20, 0.1)]), change: 1, metrics: ["loss"], window: 20)
    let jump = try #require(metrics(alone, 0)?["jump"])
    #expect(jump["clear"] == true && abs((jump["value"]?.double ?? 0) + 0.5) < 0.01)
    #expect(alone.text.contains("against the trend -0."), "\(alone.text)")
  }

  @Test func changesOfOneStepAreSaidToBeTogether() {
    let history = TrialHistory(name: "p", curve: curve(40) { _ in 1 }, changes: [set(1, 20, 0.1), set(2, 20, 0.2)])
    let report = EffectReport(history, change: 2, metrics: [], window: 20)
    #expect(report.text.contains("change 1, 2 after step 20") && report.text.contains("cannot be told apart"))
    #expect(report.text.contains("no clear effect"), "\(report.text)")
  }

  @Test func triggersAreNoChangesOfValues() {
    let save = Change(number: 3, step: 9, values: [:], trigger: "save", by: "ann")
    let history = TrialHistory(name: "p", curve: curve(40) { _ in 1 }, changes: [set(1, 20, 0.1), save])
    #expect(history.moments.map(\.step) == [20])
    #expect(EffectReport(history, change: 3, metrics: [], window: 20).isEmpty)
  }
}

/// `attune effect` with the real command.
@Suite struct EffectCommandTests {
  static let script = """
    import attune, os
    rate = attune.live("learning_rate", 0.5, min=0.0, max=1.0)
    done = attune.trigger("done")
    for step in range(1, 11):
        attune.report(step=step, loss=1.0 + 0.001 * (step % 3))
    while not rate.is_changed():
        attune.step(10)
    for step in range(11, 21):
        attune.report(step=step, loss=0.25 + 0.001 * (step % 3))
    while os.environ.get("ATTUNE_SOCKET") is None and not done.fired():
        pass
    """

  @Test func aTrialAndAProgram() async throws {
    let run = try CommandRun()
    try run.write(Self.script, to: "train.py")
    try run.write(ExperimentRunTests.liveFile, to: "e.yaml")
    let experiment = try run.start(["run", "e.yaml"])
    try await waitUntil("it is tuned") {
      guard try await run.attune("status", "live", "--json").output.contains("\"steps\":10") else { return false }
      return try await run.attune("set", "learning_rate=0.125", "--trial", "1").status == 0
    }
    #expect(await run.finish(experiment).status == 0)
    try check(try await run.attune("effect", "live", "--trial", "1", "--json"))
    #expect(try await run.attune("effect", "--trial", "1").output.contains("learning_rate 0."))
    #expect(try await run.attune("effect", "--trial", "1", "--metric", "los").status == 3)
    #expect(try await run.attune("effect", "--trial", "1", "--change", "9").status == 3)
    #expect(try await run.attune("effect", "--trial", "7").status == 3)
    #expect(try await run.attune("effect", "--trial", "1", "--window", "2").status == 2)

    let program = try run.start(["python3", "train.py"], executable: URL(filePath: "/usr/bin/env"))
    try await waitUntil("the program is tuned") { try await run.attune("set", "learning_rate=0.125", "--wait").status == 0 }
    try await waitUntil("it has reported all") { try await run.attune("effect", "train", "--json").output.contains("\"reports\":20") }
    try check(try await run.attune("effect", "train", "--json"))
    #expect(try await run.attune("fire", "done").status == 0)
    #expect(await run.finish(program).status == 0)
    #expect(try await run.attune("effect").status == 3)
  }

  private func check(_ result: CommandRun.Result) throws {
    #expect(result.status == 0, "\(result.errors)")
    let loss = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))["changes"]?.array?.first?["metrics"]?["loss"]
    #expect(loss?["jump"]?["clear"] == true, "\(result.output)")
    #expect(abs((loss?["jump"]?["value"]?.double ?? 0) + 0.75) < 0.01)
  }
}
