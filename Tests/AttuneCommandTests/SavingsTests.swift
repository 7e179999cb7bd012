import AttuneCore
import AttuneStore
import AttuneValues
import Foundation
import Testing

@testable import AttuneCommand

/// How avoided restarts are counted and what they are said to have cost.
@Suite struct SavingsTests {
  /// Ten steps of two seconds after a warm-up of five.
  private func run(
    warmup: Double? = 5, energy: (joules: Double, seconds: Double, source: String?)? = nil, checkpoints: [Int] = [], _ changes: [Change]
  ) -> Savings.Run {
    Savings.Run(
      name: "trial 1", warmup: warmup, energy: energy, reports: (1...10).map { ($0, 3 + 2 * Double($0)) }, changes: changes,
      checkpoints: checkpoints)
  }

  private func set(_ number: Int, _ step: Int, trigger: String? = nil) -> Change {
    Change(number: number, step: step, values: trigger == nil ? ["lr": 0.1, "momentum": 0.9] : [:], trigger: trigger, by: "ann")
  }

  @Test func withoutACheckpointEveryStepIsRepeated() {
    let savings = Savings([run([set(1, 6)])])
    #expect(savings.restarts.count == 1 && savings.restarts[0].checkpoint == 0)
    // Steps 2 to 6; the first one is in the warm-up.
    #expect(savings.restarts[0].repeated == 10 && savings.restarts[0].seconds == 15 && savings.restarts[0].joules == nil)
  }

  @Test func onlyTheStepsSinceTheCheckpointAre() {
    let savings = Savings([run(checkpoints: [4, 8], [set(1, 6), set(2, 8), set(3, 10)])])
    #expect(savings.restarts.map(\.checkpoint) == [4, 8, 8])
    #expect(savings.restarts.map(\.repeated) == [4, 0, 4])
  }

  @Test func energyIsTheMeasuredPowerOfThatTime() {
    let savings = Savings([run(energy: (joules: 460, seconds: 23, source: "rapl"), [set(1, 6)])])
    #expect(savings.restarts[0].joules == 300 && savings.energySources == ["rapl"])
    let text = SavingsReport(name: "x", savings: savings).text
    #expect(text.contains("15 s = warm-up 5 s + 10 s for 6 steps since the start; 300 J"), "\(text)")
    #expect(text.contains("energy 300 J, counted by rapl"), "\(text)")
  }

  @Test func triggersAndTheProgramsOwnChangesAreNoRestarts() {
    let savings = Savings([run([set(1, 3, trigger: "save"), set(0, 4), set(2, 5)])])
    #expect(savings.restarts.map(\.change.number) == [2])
  }

  @Test func whatWasNotMeasuredIsSaid() {
    let report = SavingsReport(name: "x", savings: Savings([run(warmup: nil, [set(1, 6)]), run([set(2, 6)])]))
    #expect(report.text.contains("together  15 s (not measured for 1 of them): warm-up 5 s"), "\(report.text)")
    #expect(report.text.contains("energy not measured"), "\(report.text)")
    #expect(report.json["seconds"] == .null && report.json["repeated_seconds"] == 20.0)
    #expect(SavingsReport(name: "x", savings: Savings([run([])])).text.contains("no restart was avoided"))
  }

  /// A training that saves at step 4 and tells what it measured in the ledger.
  static let script = """
    import attune, json, os, pathlib, time
    rate = attune.live("learning_rate", 0.5, min=0.0, max=1.0)
    done = attune.trigger("done")
    for step in range(1, 9):
        if step == 5:
            while not os.path.exists("go"):
                time.sleep(0.005)
            (attune.checkpoint_directory() / "model").write_text("4")
        attune.report(step=step, loss=0.5)
    while not rate.is_changed():
        attune.step(8)
    attune.report(step=9, loss=0.4)
    ledger = {"pid": 1, "warmup": 9.0, "elapsed": 30.0, "joules": 60.0, "source": "rapl"}
    with open(os.environ["ATTUNE_LEDGER"], "a") as file:
        for line in ({**ledger, "warmup": 7.5}, ledger, {**ledger, "pid": 2, "joules": 50.0, "warmup": 1.5}):
            file.write(json.dumps(line) + "\\n")
    """

  @Test func anExperimentIsMeasured() async throws {
    let run = try CommandRun()
    try run.write(Self.script, to: "train.py")
    try run.write(ExperimentRunTests.liveFile, to: "e.yaml")
    let experiment = try run.start(["run", "e.yaml"])
    try await waitUntil("step 4 is reported") { try await run.attune("status", "live", "--json").output.contains("\"steps\":4") }
    try run.write("", to: "go")
    try await waitUntil("it is tuned") {
      guard try await run.attune("status", "live", "--json").output.contains("\"steps\":8") else { return false }
      return try await run.attune("set", "learning_rate=0.125", "--trial", "1").status == 0
    }
    #expect(await run.finish(experiment).status == 0)
    let result = try await run.attune("savings", "live", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let json = try JSON(parsing: result.output.trimmingCharacters(in: .newlines))
    #expect(json["restarts"] == 1 && json["energy_sources"] == ["rapl"], "\(result.output)")
    let change = json["changes"]?.array?.first
    // The file is seen with the report of step 5.
    #expect(change?["checkpoint"] == 5 && change?["warmup_seconds"] == 9.0, "\(result.output)")
    #expect((change?["joules"]?.double ?? 0) > 0)
    #expect(try await run.attune("savings").output.contains("1 change took effect without a restart"))
    #expect(try await run.attune("savings", "nobody").status == 3)
  }
}
