import AttuneCore
import AttuneEngine
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneCommand

@Suite struct TerminalTests {
  static let sparks: [([Double], Int, String)] = [
    ([], 8, ""), ([1], 8, "▄"), ([0, 1], 8, "▁█"), ([0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"), ([0, 1, 2, 3, 4, 5, 6, 7], 4, "▁▃▆█"),
    ([1, .nan, 2], 8, "▁ █"), ([.nan], 8, " "),
  ]

  @Test(arguments: sparks)
  func sparklines(values: [Double], width: Int, expected: String) { #expect(Sparkline.text(values, width: width) == expected) }

  static let clocks: [(Double, String)] = [
    (0, "0:00"), (42.9, "0:42"), (725, "12:05"), (11_220, "3:07:00"), (183_600, "2d 03:00:00"), (-5, "0:00"),
  ]

  @Test(arguments: clocks)
  func clock(seconds: Double, expected: String) { #expect(Numbers.clock(seconds) == expected) }

  @Test func tables() {
    #expect(Table.text(["a", "bb"], [["1", "2"], ["333", ""]]) == "a    bb\n1    2\n333")
  }

  @Test func progressFollowsAnExperiment() throws {
    let space = try SearchSpace([Parameter("lr", .float(lower: 0, upper: 1))])
    let definition = ExperimentDefinition(
      name: "digits", job: Job(command: ["x"], directory: "/"), objective: Objective(metric: "accuracy", goal: .maximize), space: space,
      proposer: AlgorithmChoice("random"), scheduler: AlgorithmChoice("fifo"), resources: Resources(localSlots: 1),
      limits: Limits(trials: 3),
      seed: 1)
    var progress = Progress(
      name: "digits-2", definition: definition, history: History(space: space, objective: definition.objective), at: Timestamp(seconds: 100)
    )
    #expect(progress.picture(width: 80, at: Timestamp(seconds: 100))[1] == "best     – (no accuracy reported yet)")

    let running = trial(1, .running, [0.5])
    #expect(progress.take(update([running])) == [])
    let done = trial(1, .completed, [0.5, 0.75])
    #expect(progress.take(update([done])) == ["trial 1 completed accuracy=0.75 after 2 steps  lr=0.1", "best so far: 0.75 by trial 1"])
    var failed = trial(2, .failed, [])
    failed.reason = "exit status 1"
    #expect(progress.take(update([failed])) == ["trial 2 failed after 0 steps (exit status 1)  lr=0.2"])
    #expect(progress.take(update([trial(3, .running, [0.1, 0.2])])) == [])
    #expect(
      progress.picture(width: 80, at: Timestamp(seconds: 142)) == [
        "digits-2   trials 2/3 done · 1 running · 1 failed   elapsed 0:42", "best     accuracy 0.75 by trial 1  ▄▄  lr=0.1",
        "  trial 3  step 2  0.2  ▁█", "  last failure: trial 2: exit status 1",
      ])
    #expect(progress.picture(width: 20, at: Timestamp(seconds: 142)).allSatisfy { $0.count <= 20 })
  }

  @Test func progressPutsSeedsTogether() throws {
    let space = try SearchSpace([Parameter("lr", .float(lower: 0, upper: 1))])
    var definition = ExperimentDefinition(
      name: "digits", job: Job(command: ["x"], directory: "/"), objective: Objective(metric: "accuracy", goal: .maximize), space: space,
      proposer: AlgorithmChoice("random"), scheduler: AlgorithmChoice("fifo"), resources: Resources(localSlots: 1),
      limits: Limits(trials: 3), seed: 1)
    definition.seeds = Seeds(tune: 2, test: 1)
    var progress = Progress(
      name: "digits", definition: definition, history: History(space: space, objective: definition.objective), at: Timestamp(seconds: 100))
    _ = progress.take(update([trial(1, .completed, [0.5])]))
    #expect(
      progress.picture(width: 90, at: Timestamp(seconds: 100))[0] == "digits   trials 0/3 done with 2 seeds · 0 running   elapsed 0:00")
    var second = trial(2, .completed, [0.7])
    second.replica = Trial.Replica(of: TrialID(1), .tune, seed: 2)
    #expect(
      progress.take(update([second])) == [
        "trial 2 (tune seed 2 of 1) completed accuracy=0.7 after 1 steps  lr=0.2", "best so far: 0.6 by trial 1",
      ])
    #expect(progress.picture(width: 90, at: Timestamp(seconds: 100))[0].hasPrefix("digits   trials 1/3 done with 2 seeds"))
    var test = trial(3, .completed, [0.1])
    test.replica = Trial.Replica(of: TrialID(1), .test, seed: 1)
    _ = progress.take(update([test]))
    let picture = progress.picture(width: 90, at: Timestamp(seconds: 100))
    #expect(picture[0].contains("1 of 1 test seeds done") && picture[1].contains("0.6 by trial 1"), "\(picture)")
  }

  private func trial(_ number: Int, _ state: Trial.State, _ values: [Double]) -> Trial {
    var trial = Trial(id: TrialID(number), configuration: Configuration(["lr": .float(Double(number) / 10)]), proposer: "random")
    trial.state = state
    trial.reports = values.enumerated().map { Report(step: $0.offset + 1, metrics: ["accuracy": $0.element], elapsed: 1) }
    return trial
  }

  private func update(_ trials: [Trial]) -> ExperimentUpdate { ExperimentUpdate(events: [], touched: trials, outcome: nil) }
}
