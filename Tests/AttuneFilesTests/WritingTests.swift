import AttuneCore
import AttuneMath
import Testing

@testable import AttuneFiles

@Suite struct WritingTests {
  @Test(arguments: 0..<300)
  func whatIsWrittenReadsBackTheSame(index: Int) throws {
    var source = RandomDefinition(index: index)
    let definition = try source.definition()
    let text = ExperimentFile.yaml(definition)
    #expect(try ExperimentFile.parse(text: text, path: "t.yaml", cores: 3).definition == definition, "definition \(index):\n\(text)")
  }

  @Test func isReadable() throws {
    let file = try ExperimentFile.parse(text: Samples.digits, path: "/runs/digits.yaml")
    #expect(
      ExperimentFile.yaml(file.definition, path: "/runs/digits.yaml") == """
        # yaml-language-server: $schema=experiment.schema.json
        name: digits
        command: [python3, train.py, "{config}"]
        objective: {metric: accuracy, goal: maximize, target: 0.97}
        parameters:
          learning_rate: {type: float, range: [1e-05, 1.0], scale: log, live: true}
          hidden: {type: int, range: [8, 256], scale: log}
          solver: {type: choice, values: [sgd, adam]}
          momentum: {type: float, range: [0.0, 0.99], when: "solver == 'sgd'", live: true}
        constraints: ["hidden * learning_rate <= 200"]
        proposer: tpe
        scheduler: {name: pop, boundary: 4, kill_threshold: 0.15}
        resources: {local: {slots: 2}}
        suspend: checkpoint
        limits: {trials: 100, steps: 40, time: 2h, trial_time: 10m, retries: 1}
        metrics: {pattern: "epoch (?<step>\\\\d+) .* acc=(?<accuracy>[\\\\d.]+)"}
        environment: {DATA: ./data, LEVEL: "3"}
        threads: 1
        seed: 1

        """)
  }

  @Test func notesAreWrittenToo() throws {
    let text = Samples.file("parameters: {x: {type: bool, unit: ms, help: 'a: b'}}", without: "parameters")
    let file = try ExperimentFile.parse(text: text, path: "t.yaml")
    let again = try ExperimentFile.parse(text: ExperimentFile.yaml(file.definition, path: "t.yaml", notes: file.notes), path: "t.yaml")
    #expect(again.notes == file.notes && again.definition == file.definition)
  }
}
