import AttuneCore
import AttuneValues
import Foundation
import Testing

@testable import AttuneFiles

@Suite struct AuptimizerTests {
  /// The file of the paper's Code 2.
  static let paperFile = """
    {
      "proposer": "random",
      "script": "mnist.py",
      "resource": "gpu",
      "n_parallel": 2,
      "target": "min",
      "parameter_config":
      [
        {"name": "conv1", "range": [20, 50],
         "type": "int"},
        {"name": "dropout", "range": [0.5, 0.9],
         "type": "float"},
        {"name": "optimizer", "range": ["sgd", "adam"], "type": "choice"}
      ],
      "n_samples": 100
    }
    """

  @Test func thePapersFileIsReadAsItStands() throws {
    let file = try ExperimentFile.parse(text: Self.paperFile, path: "/runs/experiment.json")
    let expected = ExperimentDefinition(
      name: "experiment", job: Job(command: ["./mnist.py", "{config}"], directory: "/runs", isAuptimizer: true),
      objective: Objective(metric: "value", goal: .minimize, summary: .last),
      space: try SearchSpace([
        Parameter("conv1", .int(lower: 20, upper: 50)), Parameter("dropout", .float(lower: 0.5, upper: 0.9)),
        Parameter("optimizer", .choice(["sgd", "adam"])),
      ]), proposer: AlgorithmChoice("random"), scheduler: AlgorithmChoice("fifo"), resources: Resources(localSlots: 2),
      limits: Limits(trials: 100), seed: 0)
    #expect(file.definition == expected)
    #expect(file.remarks.isEmpty)
    #expect(try ExperimentFile.parse(text: ExperimentFile.yaml(expected), path: "/x/t.yaml").definition == expected)
  }

  private static func file(_ proposer: String, parameters: String = #"{"name": "x"}"#, more: String = "") -> String {
    """
    {"proposer": "\(proposer)", "script": "./run.sh -v", "resource": "cpu", "target": "max", "name": "n",
     "parameter_config": [\(parameters)]\(more)}
    """
  }

  static let proposers: [(String, String, AlgorithmChoice)] = [
    ("random", "", AlgorithmChoice("random")), ("sequence", "", AlgorithmChoice("grid")),
    ("hyperopt", #", "engine": "tpe""#, AlgorithmChoice("tpe")), ("hyperopt", #", "engine": "random""#, AlgorithmChoice("random")),
    ("Spearmint", #", "engine": "GPEIOptChooser", "engine_config": {}, "grid_size": 20000"#, AlgorithmChoice("gp")),
    ("hyperband", #", "max_iter": 27, "eta": 3"#, AlgorithmChoice("hyperband", options: ["max_iter": 27, "eta": 3])),
    ("bohb", #", "min_points_in_model": null, "random_fraction": 0.5"#, AlgorithmChoice("bohb", options: ["random_fraction": 0.5])),
    ("eas", #", "episodes": 7"#, AlgorithmChoice("reinforce", options: ["grow": true])),
  ]

  @Test(arguments: proposers)
  func proposersGetTheirNamesHere(word: String, more: String, expected: AlgorithmChoice) throws {
    #expect(try ExperimentFile.parse(text: Self.file(word, more: more), path: "e.json").definition.proposer == expected)
  }

  static let domains: [(String, String, Domain)] = [
    ("random", #"{"name": "x"}"#, .int(lower: 0, upper: 1)),
    ("random", #"{"name": "x", "type": "float", "range": [5, -5]}"#, .float(lower: -5, upper: 5)),
    ("random", #"{"name": "x", "type": "int", "range": [0, 9], "n": 4}"#, .int(lower: 0, upper: 9)),
    ("sequence", #"{"name": "x", "type": "int", "range": [0, 9], "n": 4}"#, .int(lower: 0, upper: 9, step: 3)),
    ("sequence", #"{"name": "x", "type": "int", "range": [0, 9], "interval": 2, "n": 4}"#, .int(lower: 0, upper: 9, step: 2)),
    ("sequence", #"{"name": "x", "type": "int", "range": [3, 9]}"#, .int(lower: 3, upper: 9)),
    ("sequence", #"{"name": "x", "type": "float", "range": [0, 1], "n": 5}"#, .float(lower: 0, upper: 1, step: 0.25)),
    ("sequence", #"{"name": "x", "type": "float", "range": [0.2, 0.8]}"#, .ordinal([0.2])),
    ("sequence", #"{"name": "x", "type": "choice", "range": [1, "a", true, 0.5]}"#, .choice([1, "a", true, 0.5])),
    ("spearmint", #"{"name": "x", "type": "float", "range": [0, 1], "size": 1}"#, .float(lower: 0, upper: 1)),
  ]

  @Test(arguments: domains)
  func parametersGetTheirDomains(proposer: String, parameter: String, domain: Domain) throws {
    let definition = try ExperimentFile.parse(text: Self.file(proposer, parameters: parameter), path: "e.json").definition
    #expect(definition.space["x"]?.domain == domain)
  }

  @Test func theRestOfItsKeys() throws {
    let more = #"""
      , "workingdir": "/data/run", "random_seed": 7, "n_parallel": 3, "n_samples": 9, "job_failure": {"ignore_fail": true},
      "resource_args": {"early_stop": {"aup_policy": "median", "aup_policy_steps": 3}, "save_model": true},
      "runtime_args": {"env": {"A": "1"}}
      """#
    let file = try ExperimentFile.parse(text: Self.file("random", more: more), path: "e.json")
    let definition = file.definition
    #expect(
      definition.job == Job(command: ["./run.sh", "-v", "{config}"], directory: "/data/run", environment: ["A": "1"], isAuptimizer: true))
    #expect(definition.seed == 7 && definition.resources.localSlots == 3 && definition.limits == Limits(trials: 9, retries: 3))
    #expect(definition.scheduler == AlgorithmChoice("median"))
    for (policy, word) in [("bandit", "bandit"), ("truncation", "percentile"), ("curve_fitting", "earlyterm")] {
      let early = #", "resource_args": {"early_stop": {"aup_policy": "\#(policy)"}}"#
      let file = try ExperimentFile.parse(text: Self.file("random", more: early), path: "e.json")
      #expect(file.definition.scheduler == AlgorithmChoice(word))
    }
    #expect(
      file.remarks.map(\.description) == [
        "e.json:3:78: resource_args.early_stop.aup_policy_steps: has no effect here; 'median' keeps its own default",
        "e.json:3:96: resource_args.save_model: has no effect here",
      ])
  }

  static let wrong: [(String, String)] = [
    (file("randon"), "e.json:1:14: proposer: unknown proposer 'randon'. Did you mean 'random'?"),
    (
      file("random", more: #", "compression": {}"#),
      "e.json:2:54: compression: model compression is not done here; only the search of hyperparameters is"
    ),
    (
      file("random", parameters: #"{"name": "job_id"}"#),
      "e.json:2:32: parameter_config.job_id: the name is reserved: every configuration gets a job_id"
    ),
    (file("random", parameters: #"{"name": "x"}, {"name": "x"}"#), "e.json:2:38: parameter 'x': declared twice; names must be unique"),
    (
      file("random", parameters: #"{"name": "x", "type": "real"}"#),
      "e.json:2:45: parameter_config.x.type: got 'real'; allowed is float, int or choice"
    ),
    (file("random", parameters: #"{"type": "int"}"#), "e.json:2:23: parameter_config: missing key 'name'"),
    (
      file("random", parameters: #"{"name": "x", "range": [0.5, 1]}"#),
      "e.json:2:46: parameter_config.x.range: the bounds of an int are whole numbers"
    ),
    (file("random").replacing("max", with: "up"), "e.json:1:78: target: got 'up'; allowed is max or min"),
    (
      file("random").replacing("cpu", with: "aws"),
      "e.json:1:61: resource: got 'aws'; allowed is cpu or gpu; trials of this file run on this machine"
    ),
    (file("random").replacing("\"script\"", with: "\"scrip\""), "e.json:1:1: missing key 'script', which Auptimizer's files must have"),
  ]

  @Test(arguments: wrong)
  func getsOneLine(text: String, line: String) {
    #expect(Samples.problem(text, path: "e.json") == line)
  }

  static let scripts: [(name: String, text: String, isExecutable: Bool, expected: [String])] = [
    ("a.py", "#!/usr/bin/env python3\n", true, ["./a.py", "-v", "{config}"]),
    ("a.py", "import os\n", true, ["python3", "./a.py", "-v", "{config}"]),
    ("a.py", "#!/usr/bin/env python3\n", false, ["python3", "./a.py", "-v", "{config}"]),
    ("a.sh", "true\n", false, ["./a.sh", "-v", "{config}"]),
  ]

  @Test(arguments: scripts)
  func aPythonScriptThatCannotStartItselfGetsAnInterpreter(script: (name: String, text: String, isExecutable: Bool, expected: [String]))
    throws
  {
    let directory = NSTemporaryDirectory() + "attune-script-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = "\(directory)/\(script.name)"
    let permissions: [FileAttributeKey: Any] = [.posixPermissions: script.isExecutable ? 0o755 : 0o644]
    #expect(FileManager.default.createFile(atPath: path, contents: Data(script.text.utf8), attributes: permissions))
    #expect(AuptimizerScript.command("\(script.name) -v", in: directory) == script.expected)
  }
}
