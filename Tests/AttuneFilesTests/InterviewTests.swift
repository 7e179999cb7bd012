import AttuneCore
import Testing

@testable import AttuneFiles

@Suite struct InterviewTests {
  static let script = """
    import argparse, attune
    parser = argparse.ArgumentParser()
    parser.add_argument("-l", "--learning-rate", type=float, default=1e-3, help="step (first)")
    parser.add_argument('--batch', type=int,
                        default=64)  # at a time
    parser.add_argument("--solver", choices=["sgd", "adam"], default="adam")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--verbose", action="store_true")
    # parser.add_argument("--old", type=float, default=0.1)
    parser.add_argument("data")
    attune.report(step=epoch, val_loss=loss, accuracy=acc)
    """

  /// Answers until nothing is asked; gives what was asked and answered.
  private func talk(_ interview: inout Interview, _ answers: [String]) throws -> [String] {
    var transcript: [String] = []
    for answer in answers {
      let question = try #require(interview.next())
      do {
        try interview.answer(answer)
        transcript.append("\(question.text)\(question.standard.map { " [\($0)]" } ?? ""): \(answer)")
      } catch {
        transcript.append("\(answer) -> \(error)")
      }
    }
    #expect(interview.next() == nil)
    return transcript
  }

  @Test func theScriptsOwnFlagsAreSuggested() throws {
    var interview = Interview(name: "mnist", scripts: ["train.py"], cores: 4) { $0 == "train.py" ? Self.script : nil }
    let transcript = try talk(&interview, ["", "", "", "", "", "-", "", "momentum float 0 0.99", "", "50", "2"])
    #expect(
      transcript == [
        "Name of the experiment [mnist]: ", "Command that trains once (no shell reads it) [python3 train.py]: ",
        "Metric that the script reports [val_loss]: ", "Goal, minimize or maximize [minimize]: ",
        "Parameter learning_rate (--learning-rate, now 1e-3); - leaves it as it is [float 1e-05 0.1 log]: ",
        "Parameter batch (--batch, now 64); - leaves it as it is [int 16 256 log]: -",
        "Parameter solver (--solver, now \"adam\"); - leaves it as it is [choice sgd adam]: ",
        "Another parameter; nothing when done: momentum float 0 0.99", "Another parameter; nothing when done: ", "Trials [100]: 50",
        "Trials at a time on this machine [4]: 2",
      ])
    #expect(
      interview.text(path: "/runs/mnist.yaml") == """
        # yaml-language-server: $schema=experiment.schema.json
        name: mnist
        command: [python3, train.py, "--learning-rate", "{learning_rate}", "--solver", "{solver}"]
        objective: {metric: val_loss, goal: minimize}
        parameters:
          learning_rate: {type: float, range: [1e-05, 0.1], scale: log}
          solver: {type: choice, values: [sgd, adam]}
          momentum: {type: float, range: [0.0, 0.99]}
        proposer: auto
        scheduler: fifo
        resources: {local: {slots: 2}}
        limits: {trials: 50}
        threads: 2
        seed: 0

        """)
    let text = try #require(interview.text(path: "/runs/mnist.yaml"))
    #expect(try ExperimentFile.parse(text: text, path: "/runs/mnist.yaml").definition == interview.definition(path: "/runs/mnist.yaml"))
  }

  @Test func aWrongAnswerIsAskedAgain() throws {
    var interview = Interview(name: "x", cores: 2)
    let transcript = try talk(
      &interview,
      [
        "a/b", "", "", "./train", "val loss", "score", "up", "max", "", "lr", "lr flot 0 1", "lr float 0", "lr float 0 1 log",
        "lr float a b",
        "lr int 0.5 1", "lr float 1 0", "lr float 0 1", "lr bool", "", "0", "many", "7", "",
      ])
    #expect(
      transcript.filter { $0.contains(" -> ") } == [
        "a/b -> a name has at most 100 characters and no '/'", " -> a command is needed, e.g. python3 train.py",
        "val loss -> a metric is one word, e.g. accuracy or val_loss", "up -> 'up' is no goal; allowed: minimize, maximize",
        " -> a search needs at least one parameter, such as lr float 1e-5 1 log, layers int 1 8, solver choice sgd adam, bias bool",
        "lr -> 'lr' needs a type; allowed: float, int, choice, ordinal, bool",
        "lr flot 0 1 -> 'lr' needs a type; allowed: float, int, choice, ordinal, bool. Did you mean 'float'?",
        "lr float 0 -> 'lr' needs two bounds, and 'log' for a log scale; e.g. float 1e-5 1 log",
        "lr float 0 1 log -> parameter 'lr': a log scale needs a lower bound > 0, got 0.0. Use a linear scale, or start at 1e-12.",
        "lr float a b -> bounds are numbers; got a and b", "lr int 0.5 1 -> the bounds of an int are whole numbers; got 0.5 and 1",
        "lr float 1 0 -> parameter 'lr': range [1.0, 0.0] is empty; the lower bound must not exceed the upper. Did you mean [0.0, 1.0]?",
        "lr bool -> parameter 'lr': declared twice; names must be unique", "0 -> '0' is refused; allowed is a whole number from 1",
        "many -> 'many' is refused; allowed is a whole number from 1",
      ])
    let definition = try #require(interview.definition(path: "/w/x.yaml"))
    #expect(definition.job.command == ["./train", "{config}"])
    #expect(definition.objective == Objective(metric: "score", goal: .maximize))
  }

  static let scripts: [(String, [String])] = [
    (#"lr = attune.live("lr", 0.01, min=1e-4, max=1.0, scale="log")"#, ["lr float 0.0001 1.0 log live"]),
    (#"k = attune.live('k', 3, min=1, max=9); m = attune.live("m", "a", choices=["a", "b"])"#, ["k int 1 9 live", "m choice a b live"]),
    (
      "DEFAULTS = {\n  'lr': 0.1,  # start\n  \"hidden\": 32, 'epochs': 5, 'act': 'relu', \"bias\": True,\n}\nc = attune.config(DEFAULTS)",
      ["lr float 0.001 1.0 log", "hidden int 8 128 log", "bias bool"]
    ),
    (
      #"c = attune.config({"dropout": 0.5, "momentum": 0.95, "weight_decay": 0.0, "tau": -2.0})"#,
      ["dropout float 0.0 0.8", "momentum float 0.8 0.999", "weight_decay float 1e-06 0.1 log", "tau float -4.0 4.0"]
    ),
    ("p.add_argument('--n', type=int, choices=(1, 2, 4), default=2)", ["n ordinal 1 2 4"]),
    ("p.add_argument('--step-size', type=float, default=0.1)", ["step_size float 0.001 1.0 log"]),
    ("p.add_argument('--lr', type=float)", []), ("p.add_argument(", []), ("my_add_argument('--lr', default=1)", []),
    ("attune.live('x', f(1), min=0)", []),
  ]

  @Test(arguments: scripts)
  func findsParameters(script: String, expected: [String]) {
    let found = ScriptScan(script).suggestions.map {
      "\($0.parameter.name) \(ParameterNotation.text($0.parameter.domain))" + ($0.parameter.isLive ? " live" : "")
    }
    #expect(found == expected)
  }

  @Test func aScriptThatAsksAttuneIsGivenNothing() throws {
    var interview = Interview(name: "x", cores: 1) { _ in "c = attune.config({'lr': 0.1})" }
    _ = try talk(&interview, ["", "python3 t.py", "loss", "", "", "", "", ""])
    #expect(interview.definition(path: "/w/x.yaml")?.job.command == ["python3", "t.py"])
  }
}
