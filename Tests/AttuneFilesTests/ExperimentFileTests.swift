import AttuneCore
import AttuneValues
import Testing

@testable import AttuneFiles

@Suite struct ExperimentFileTests {
  @Test func whatASearchBeginsWith() throws {
    let text = Samples.file(
      """
      parameters:
        lr: {type: float, range: [0, 1], default: 0}
        n: {type: int, range: [1, 9]}
      start_with: [{lr: 1}, {n: 3, lr: 0.5}]
      warm_start: [digits, 3, ../old, {store: /abs, experiment: 7}]
      duplicates: allow
      """, without: "parameters")
    let file = try ExperimentFile.parse(text: text, path: "/here/now/t.yaml", cores: 4)
    #expect(file.definition.startWith == [Configuration(["lr": 1.0]), Configuration(["n": 3, "lr": 0.5])])
    #expect(file.definition.space["lr"]?.standard == 0.0 && file.definition.duplicates == .allow)
    #expect(file.warmStart.map(\.store) == [nil, nil, "/here/old", "/abs"])
    #expect(file.warmStart.map(\.experiment) == ["digits", "3", nil, "7"] && file.warmStart[3].place.line == 7)
  }

  @Test func everyKeyArrives() throws {
    let file = try ExperimentFile.parse(text: Samples.digits, path: "/runs/mnist.yaml", cores: 4)
    let expected = ExperimentDefinition(
      name: "digits",
      job: Job(
        command: ["python3", "train.py", "{config}"], directory: "/runs", environment: ["DATA": "./data", "LEVEL": "3"],
        pattern: #"epoch (?<step>\d+) .* acc=(?<accuracy>[\d.]+)"#, threads: 1),
      objective: Objective(metric: "accuracy", goal: .maximize, target: 0.97),
      space: try SearchSpace(
        [
          Parameter("learning_rate", .float(lower: 1e-5, upper: 1, scale: .log), isLive: true),
          Parameter("hidden", .int(lower: 8, upper: 256, scale: .log)), Parameter("solver", .choice(["sgd", "adam"])),
          Parameter("momentum", .float(lower: 0, upper: 0.99), when: Expression("solver == 'sgd'"), isLive: true),
        ], constraints: [Expression("hidden * learning_rate <= 200")]),
      proposer: AlgorithmChoice("tpe"), scheduler: AlgorithmChoice("pop", options: ["boundary": 4, "kill_threshold": 0.15]),
      resources: Resources(localSlots: 2), limits: Limits(trials: 100, steps: 40, time: 7200, trialTime: 600, retries: 1), seed: 1,
      suspend: .checkpoint)
    #expect(file.definition == expected)
  }

  @Test func whatIsNotSaidHasADefault() throws {
    let definition = try ExperimentFile.parse(text: Samples.file(""), path: "/runs/net.v2.yaml", cores: 6).definition
    #expect(definition.name == "net.v2")
    #expect(definition.job == Job(command: ["./train"], directory: "/runs", threads: 1))
    #expect(definition.proposer == AlgorithmChoice("auto") && definition.scheduler == AlgorithmChoice("fifo"))
    #expect(definition.resources.localSlots == 6 && definition.seed == 0 && definition.suspend == .none && definition.limits == Limits())
  }

  static let spellings: [(String, String)] = [
    ("threads: auto\nresources: {local: {slots: 2}}", "threads: 2\nresources: {local: {slots: 2}}"),
    ("threads: 4\nresources: {local: {slots: auto}}", "threads: 4\nresources: {local: {slots: 4}}"),
    ("limits: {time: 1h30m, grace: 500ms}", "limits: {time: 5400, grace: 0.5}"),
    ("limits: {time: \"90 m\", trials: 1e2}", "limits: {time: 1.5h, trials: 100}"), ("seed: 0x10", "seed: 16"), ("name: 7", "name: \"7\""),
    ("proposer: {name: tpe}", "proposer: tpe"), ("environment: {A: on, B: 1.50}", "environment: {A: \"on\", B: \"1.50\"}"),
  ]

  @Test func slotsAreDividedAmongAgents() throws {
    let file = try ExperimentFile.parse(text: Samples.file("resources: {local: {slots: 4, agents: 2}}"), path: "t.yaml", cores: 4)
    #expect(file.definition.resources == Resources(localSlots: 4, agents: 2))
    let refusal = "t.yaml:4:39: resources.local.agents: got 3; allowed is a whole number from 1 to 2, the number of slots"
    #expect(Samples.problem(Samples.file("resources: {local: {slots: 2, agents: 3}}")) == refusal)
  }

  @Test(arguments: spellings)
  func meansTheSame(one: String, other: String) throws {
    let first = try ExperimentFile.parse(text: Samples.file(one), path: "t.yaml", cores: 4).definition
    #expect(try first == ExperimentFile.parse(text: Samples.file(other), path: "t.yaml", cores: 4).definition)
  }

  @Test func jsonIsReadTheSameWay() throws {
    let json =
      "{\n\t\"command\": [\"./train\"],\n\t\"objective\":{\"metric\":\"loss\",\"goal\":\"minimize\"},\n\t\"name\": \"\\ud83d\\ude00 é\",\n"
    let text = json + "\t\"parameters\": {\"x\":{\"type\":\"float\",\"range\":[1E-5,1]}}\n}\n"
    let definition = try ExperimentFile.parse(text: text, path: "t.json", cores: 4).definition
    #expect(definition.name == "😀 é")
    #expect(definition.space["x"]?.domain == .float(lower: 1e-5, upper: 1))
    #expect(Samples.problem(text.replacing("float", with: "flot"), path: "t.json").hasPrefix("t.json:5:29: parameters.x.type: got 'flot'"))
  }

  @Test func anchorsAndMergeKeysWork() throws {
    let text = Samples.file(
      """
      parameters:
        a: &rate {type: float, range: [1e-5, 1.0], scale: log}
        b: {<<: *rate, live: true}
        c: {<<: [{scale: linear}, *rate], range: &range [0.5, 1.0]}
        d: {type: float, range: *range}
      """, without: "parameters")
    let space = try ExperimentFile.parse(text: text, path: "t.yaml").definition.space
    #expect(space["b"] == Parameter("b", .float(lower: 1e-5, upper: 1, scale: .log), isLive: true))
    #expect(space["c"]?.domain == .float(lower: 0.5, upper: 1))
    #expect(space["d"]?.domain == .float(lower: 0.5, upper: 1))
  }

  static let conditions: [(String, String)] = [
    ("{s: a}", "s == 'a'"), ("{s: [a, b]}", "s in ['a', 'b']"), ("{s: \"it's\"}", "s == \"it's\""), ("{s: a, n: 3}", "s == 'a' and n == 3"),
    ("{x-y: true}", "`x-y` == true"), ("s == 'a' or n > 2", "s == 'a' or n > 2"),
  ]

  @Test(arguments: conditions)
  func conditionsHaveTwoForms(written: String, expression: String) throws {
    let text = Samples.file(
      """
      parameters:
        s: {type: choice, values: [a, b, "it's"]}
        n: {type: int, range: [1, 4]}
        x-y: {type: bool}
        z: {type: bool, when: \(written), unit: ms, help: what it does}
      """, without: "parameters")
    let file = try ExperimentFile.parse(text: text, path: "t.yaml")
    #expect(try file.definition.space["z"]?.condition == Expression(expression))
    #expect(file.notes == ["z": ParameterNote(unit: "ms", help: "what it does")])
  }

  @Test func othersReportAtTheRightLine() throws {
    let file = try ExperimentFile.parse(text: Samples.digits, path: "digits.yaml")
    #expect(file.problem(at: "proposer", "unknown proposer 'tpe'").description == "digits.yaml:10:11: unknown proposer 'tpe'")
    #expect(file.problem(at: "scheduler.boundary", "too small").description == "digits.yaml:11:34: too small")
    #expect(file.problem(at: "scheduler.missing", "missing").place == FilePlace(line: 11, column: 12))
    #expect(file.problem(at: "nowhere", "?").place == FilePlace(line: 1, column: 1))
    #expect(file.place(of: "command") == FilePlace(line: 2, column: 10))
  }
}
