import AttuneCore
import AttuneValues
import Foundation
import Testing

@Suite struct WarmStartTests {
  private let definition: ExperimentDefinition
  private let other: SearchSpace

  init() throws {
    other = try SearchSpace([
      Parameter("lr", .float(lower: 0, upper: 10)), Parameter("solver", .choice(["sgd", "adam", "lion"])), Parameter("noise", .bool),
      Parameter("momentum", .float(lower: 0, upper: 1)),
    ])
    let space = try SearchSpace([
      Parameter("lr", .float(lower: 1e-3, upper: 1, scale: .log)), Parameter("solver", .choice(["adam", "sgd"])),
      Parameter("momentum", .float(lower: 0, upper: 1), when: Expression("solver", isOneOf: ["sgd"])),
      Parameter("decay", .float(lower: 0, upper: 1), when: Expression("solver", isOneOf: ["adam"]), standard: 0.0),
      Parameter("depth", .int(lower: 1, upper: 5), when: Expression("decay > 0.5")),
    ])
    definition = ExperimentDefinition(
      name: "new", job: Job(command: ["train"], directory: "/"), objective: Objective(metric: "loss", goal: .minimize), space: space,
      proposer: AlgorithmChoice("random"), scheduler: AlgorithmChoice("fifo"), resources: Resources(localSlots: 1), limits: Limits(),
      seed: 1)
  }

  private func history(_ trials: [Trial], metric: String = "loss") -> History {
    History(space: other, objective: Objective(metric: metric, goal: .maximize), trials: trials)
  }

  private func trial(
    _ number: Int, _ values: [String: Value], _ losses: [Double] = [1], _ state: Trial.State = .completed, metric: String = "loss"
  ) -> Trial {
    var trial = Trial(id: TrialID(number), configuration: Configuration(values), proposer: "tpe")
    trial.state = state
    trial.reports = losses.enumerated().map { Report(step: $0.offset + 1, metrics: [metric: $0.element], elapsed: 1) }
    return trial
  }

  @Test func configurationsBecomeThoseOfThisSpace() throws {
    let start = try WarmStart(
      from: history([
        trial(1, ["lr": 0.5, "solver": "sgd", "noise": true, "momentum": 0.25], [3, 1, 2]),
        trial(2, ["lr": 1, "solver": "adam", "noise": true, "momentum": 0.25], [], .failed),
        trial(3, ["lr": 5.0, "solver": "adam", "noise": true, "momentum": 0.5]),
        trial(4, ["lr": 0.5, "solver": "lion", "noise": true, "momentum": 0.5]),
        trial(5, ["lr": 0.5, "solver": "sgd", "noise": true], [2]),
        trial(6, ["lr": 0.5, "solver": "sgd", "noise": true, "momentum": 0.25], [3], .running),
        trial(7, ["lr": 0.5, "solver": "sgd", "noise": true, "momentum": 0.25], [], .stopped),
      ]), of: "old", for: definition)
    #expect(start.trials.map(\.number) == [1, 2])
    #expect(start.trials[0].configuration == Configuration(["lr": 0.5, "solver": "sgd", "momentum": 0.25]))
    #expect(start.trials[0].reports.map(\.step) == [2, 3], "the best and the last")
    #expect(start.trials[1].configuration == Configuration(["lr": 1.0, "solver": "adam", "decay": 0.0]) && start.trials[1].isFailed)
    #expect(
      start.leftOut == [
        .outside(parameter: "lr"): 1, .outside(parameter: "solver"): 1, .lacking(parameter: "momentum"): 1, .unfinished: 1,
        .withoutReport: 1,
      ])
    #expect(start.leftOutText.contains("1 with a value of 'lr' that is not allowed here"))
  }

  @Test func whatWasChangedLiveAndTwinsAreLeftOut() throws {
    var touched = trial(1, ["lr": 0.5, "solver": "adam"])
    touched.changes = [Change(number: 1, step: 1, values: ["lr": 0.1], by: "ada")]
    var twin = trial(2, ["lr": 0.5, "solver": "adam"])
    twin.origin = Trial.Origin(trial: TrialID(1), step: 0)
    let start = try WarmStart(from: history([touched, twin, trial(3, ["lr": 0.5, "solver": "adam"])]), of: "old", for: definition)
    #expect(start.trials.map(\.number) == [3] && start.leftOut == [.changedLive: 1])
  }

  @Test func anotherMetricIsRefused() throws {
    let measured = history([trial(1, ["lr": 0.5, "solver": "adam"], metric: "accuracy")], metric: "accuracy")
    #expect(throws: WarmStartError.otherMetric(experiment: "old", wanted: "loss", found: ["accuracy"])) {
      try WarmStart(from: measured, of: "old", for: definition)
    }
    // A trial that reported something else is no failed one.
    let mixed = history([trial(1, ["lr": 0.5, "solver": "adam"]), trial(2, ["lr": 0.5, "solver": "adam"], metric: "accuracy")])
    #expect(try WarmStart(from: mixed, of: "old", for: definition).leftOut == [.withoutMetric("loss"): 1])
    // One that only reports it beside its own objective will do.
    let beside = history([trial(1, ["lr": 0.5, "solver": "adam"])], metric: "accuracy")
    #expect(throws: Never.self) { try WarmStart(from: beside, of: "old", for: definition) }
  }

  @Test func nothingIsSaid() {
    #expect(throws: WarmStartError.nothingFits(experiment: "old", why: "1 with a value of 'lr' that is not allowed here")) {
      try WarmStart(from: history([trial(1, ["lr": 5.0, "solver": "adam"])]), of: "old", for: definition)
    }
    #expect(throws: WarmStartError.nothingFits(experiment: "old", why: "")) {
      try WarmStart(from: history([]), of: "old", for: definition)
    }
  }

  @Test func definitionsOfBeforeAreReadAndTermsSurvive() throws {
    var with = definition
    with.startWith = [Configuration(["lr": 0.5])]
    with.prior = [PriorTrial(experiment: "old", number: 3, configuration: Configuration(["lr": 0.5]), isFailed: true, reports: [])]
    with.duplicates = .allow
    #expect(try JSONDecoder().decode(ExperimentDefinition.self, from: JSONEncoder().encode(with)) == with)
    let plain = String(decoding: try JSONEncoder().encode(definition), as: UTF8.self)
    #expect(!plain.contains("terms") && !plain.contains("frame"), "what nobody asked for is not written")
    with.startWith = []
    with.prior = []
    with.duplicates = .avoid
    #expect(with == definition)
  }
}
