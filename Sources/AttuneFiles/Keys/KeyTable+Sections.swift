import AttuneCore

extension KeyTable {
  static let objective = KeyTable(
    section: "objective", meaning: "What the experiment is after.",
    keys: [
      FileKey("metric", "text", FileKey.required, "The name under which trials report it.", example: "metric: accuracy", Shapes.text),
      FileKey(
        "goal", "`minimize`, `maximize`", FileKey.required, "Which way is better.", example: "goal: maximize",
        Shapes.oneOf(Objective.Goal.allCases.map(\.rawValue))),
      FileKey(
        "target", "number", "none", "Reaching it ends the experiment; of several objectives, reaching all.", example: "target: 0.97",
        Shapes.number),
      FileKey(
        "summary", "`best`, `last`", "best", "Which of a trial's reports is its value; not for several objectives.",
        example: "summary: last",
        Shapes.oneOf(Objective.Summary.allCases.map(\.rawValue))),
    ])

  static let seeds = KeyTable(
    section: "seeds", meaning: "With how many seeds every configuration is tried.",
    keys: [
      FileKey(
        "tune", "whole number from 1", "5", "Seeds of every configuration, the same for all.", example: "tune: 5", Shapes.count(from: 1)),
      FileKey(
        "test", "whole number from 0", "10", "Other seeds, with which the best configuration is run in the end.", example: "test: 10",
        Shapes.count(from: 0)),
      FileKey(
        "summary", Seeds.Summary.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "), "mean",
        "How the values of the tuning seeds become the configuration's value.", example: "summary: median",
        Shapes.oneOf(Seeds.Summary.allCases.map(\.rawValue))),
      FileKey(
        "quantile", "number between 0 and 1", "0.25",
        "With `summary: quantile`: the share of the seeds that are no better than the value; a small one is cautious.",
        example: "quantile: 0.25", ["type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1]),
    ])

  static let limits = KeyTable(
    section: "limits", meaning: "When trials and the experiment end.",
    keys: [
      FileKey("trials", "whole number from 1", "none", "Trials to propose.", example: "trials: 100", Shapes.count(from: 1)),
      FileKey(
        "steps", "whole number from 1", "none", "Steps of a trial; reaching it completes the trial.", example: "steps: 40",
        Shapes.count(from: 1)),
      FileKey(
        "time", "duration", "none", "How long the experiment may be active, pauses between runs not counted.", example: "time: 2h",
        Shapes.duration),
      FileKey("trial_time", "duration", "none", "How long one attempt may run.", example: "trial_time: 10m", Shapes.duration),
      FileKey(
        "retries", "whole number from 0", "0", "How often a failed trial is started again.", example: "retries: 1", Shapes.count(from: 0)),
      FileKey(
        "grace", "duration", "10s", "Between asking an attempt to stop (SIGTERM) and killing it (SIGKILL).", example: "grace: 30s",
        Shapes.duration),
      FileKey(
        "suspend", "duration", "10m", "How long a trial may take to give up its slot after it was asked to; then it runs on.",
        example: "suspend: 2m", Shapes.duration),
    ])

  static let warmStart = KeyTable(
    section: "warm_start", meaning: "An experiment of another store.",
    keys: [
      FileKey(
        "store", "path", FileKey.required, "The folder of the store, or the one that holds its `.attune`.", example: "store: ../before",
        Shapes.text),
      FileKey(
        "experiment", "name or number", "the newest", "Which of its experiments.", example: "experiment: digits",
        ["type": ["string", "integer"]]),
    ])

  static let metrics = KeyTable(
    section: "metrics", meaning: "How results are read from the output of a script that knows nothing of Attune.",
    keys: [
      FileKey(
        "pattern", "regular expression with named groups", "none",
        "Reads a report from each line it matches: the group `step` is the step, every other named group a metric.",
        example: "pattern: 'epoch (?<step>\\d+) .* acc=(?<accuracy>[\\d.]+)'", Shapes.text),
      FileKey(
        "auptimizer", "true or false", "false", "Reads `#Auptimizer:VALUE` lines, as scripts written for Auptimizer print them.",
        example: "auptimizer: true", Shapes.flag),
    ])

  static let resources = KeyTable(
    section: "resources", meaning: "Where trials run.",
    keys: [FileKey("local", "mapping", "a slot for each core", "This machine.", example: "local: {slots: 2}", Shapes.reference("local"))])

  static let local = KeyTable(
    section: "resources.local", meaning: "This machine.",
    keys: [
      FileKey(
        "slots", "whole number from 1, or `auto`", "auto", "Attempts at a time; `auto` is one for each core.", example: "slots: 2",
        Shapes.either(Shapes.count(from: 1), Shapes.oneOf(["auto"]))),
      FileKey(
        "agents", "whole number from 1", "1",
        "Processes that look after the trials: the slots are divided among them, and when one is lost its trials go on with the others.",
        example: "agents: 2", Shapes.count(from: 1)),
    ])
}
