import AttuneCore

extension KeyTable {
  /// The whole file.
  static let experiment = KeyTable(
    section: "", meaning: "An experiment of Attune: what runs, what is searched, what counts as better.",
    keys: [
      FileKey(
        "name", "text", "the file's name without its ending", "What messages and reports call the experiment.", example: "name: digits",
        Shapes.text),
      FileKey(
        "command", "list of texts", "none: trials are for `attune ask`",
        "The argument vector of a trial; `{config}` stands for the path of a JSON file with the configuration, `{NAME}` for one value, `{seed}` for the script's seed.",
        example: "command: [python3, train.py, \"{config}\"]", Shapes.list(of: ["type": ["string", "number", "boolean"]])),
      FileKey(
        "directory", "path", "the file's directory", "Where the command runs; a relative path begins at the file's directory.",
        example: "directory: ../training", Shapes.text),
      FileKey(
        "objective", "mapping", "required, or `objectives`", "What the experiment is after.",
        example: "objective: {metric: accuracy, goal: maximize}", Shapes.reference("objective")),
      FileKey(
        "objectives", "list of mappings", "none", "Several at once, in place of `objective`; the first is the one that schedulers go by.",
        example: "objectives: [{metric: loss, goal: minimize}, {metric: latency, goal: minimize}]",
        Shapes.list(of: Shapes.reference("objective"))),
      FileKey(
        "outcome_constraints", "list of texts `METRIC <= NUMBER` or `METRIC >= NUMBER`", "none",
        "Bounds on metrics: a trial that breaks one is worse than any that keeps them all.",
        example: "outcome_constraints: [\"memory <= 800\", \"accuracy >= 0.9\"]",
        bounds),
      FileKey(
        "stop_when", "list of texts `METRIC <= NUMBER` or `METRIC >= NUMBER`", "none",
        "The experiment ends as soon as one trial's newest report keeps all of these bounds.",
        example: "stop_when: [\"accuracy >= 0.9\", \"latency <= 20\"]", bounds),
      FileKey(
        "seeds", "mapping", "one seed, the trial's own", "Tries every configuration with several seeds, and the best one with others.",
        example: "seeds: {tune: 5, test: 10}", Shapes.reference("seeds")),
      FileKey(
        "parameters", "mapping of names to parameters", FileKey.required, "Where it searches.",
        example: "parameters: {learning_rate: {type: float, range: [1e-5, 1.0], scale: log}}",
        ["type": "object", "minProperties": 1, "additionalProperties": Shapes.reference("parameter")]),
      FileKey(
        "constraints", "list of expressions", "none",
        "Each holds for every configuration; one that names an absent parameter counts as holding.",
        example: "constraints: [\"batch * hidden <= 16384\"]", Shapes.list(of: Shapes.text, atLeast: 0)),
      FileKey(
        "proposer", "word, or mapping with `name` and options", "auto", "What chooses configurations.",
        example: "proposer: {name: gp, startup: 8}",
        Shapes.reference("algorithm")),
      FileKey(
        "start_with", "list of mappings of parameters to values", "none",
        "Points that are tried before the proposer is asked; what a point does not name is drawn.",
        example: "start_with: [{learning_rate: 0.1, solver: adam}]",
        Shapes.list(of: Shapes.mapping(of: Shapes.scalar, atLeast: 1), atLeast: 0)),
      FileKey(
        "warm_start", "list of experiments: a name of the same store, the folder of another, or a mapping", "none",
        "Other experiments whose trials the proposer learns from, as they are when this one begins.",
        example: "warm_start: [digits-small, {store: ../before, experiment: digits}]",
        Shapes.list(of: Shapes.either(["type": ["string", "integer"]], Shapes.reference("warm_start")), atLeast: 0)),
      FileKey(
        "duplicates", Duplicates.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "), "avoid",
        "Whether a configuration may be tried again: `allow` it where results are noisy.", example: "duplicates: allow",
        Shapes.oneOf(Duplicates.allCases.map(\.rawValue))),
      FileKey(
        "scheduler", "word, or mapping with `name` and options", "fifo", "Which trials hold the slots: stops, suspends and resumes them.",
        example: "scheduler: asha",
        Shapes.reference("algorithm")),
      FileKey(
        "resources", "mapping", "this machine, a slot for each core", "Where trials run.", example: "resources: {local: {slots: 2}}",
        Shapes.reference("resources")),
      FileKey(
        "suspend", SuspendMode.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "), "none",
        "How a running trial gives up its slot to go on later.", example: "suspend: checkpoint",
        Shapes.oneOf(SuspendMode.allCases.map(\.rawValue))),
      FileKey(
        "limits", "mapping", "none", "When trials and the experiment end.", example: "limits: {trials: 100, time: 2h}",
        Shapes.reference("limits")),
      FileKey(
        "metrics", "mapping", "none", "How results are read from the output of a script that knows nothing of Attune.",
        example: "metrics: {pattern: 'acc=(?<accuracy>[\\d.]+)'}", Shapes.reference("metrics")),
      FileKey(
        "environment", "mapping of names to texts", "none", "Added to the command's environment.",
        example: "environment: {OMP_NUM_THREADS: 4}",
        Shapes.mapping(of: Shapes.scalar)),
      FileKey(
        "threads", "whole number from 1, `auto` or `inherit`", "auto",
        "Threads a trial may use (`OMP_NUM_THREADS` and its kin); `auto` shares the cores among the slots, `inherit` sets nothing.",
        example: "threads: 2", Shapes.either(Shapes.count(from: 1), Shapes.oneOf(["auto", "inherit"]))),
      FileKey(
        "seed", "whole number from 0", "0", "Of every random number in the experiment: the same seed proposes the same.",
        example: "seed: 1",
        Shapes.count(from: 0)),
    ])

  private static let bounds = Shapes.list(
    of: ["type": "string", "pattern": "\\S\\s*(<=|>=)\\s*[-+.0-9][-+.0-9eE]*\\s*$"], atLeast: 0)

  /// What `proposer` and `scheduler` take besides a word. The options are the algorithm's, which checks them.
  static let algorithm = KeyTable(
    section: "algorithm", meaning: "An algorithm with options; a word alone takes its defaults.",
    keys: [
      FileKey("name", "word", FileKey.required, "A word of the catalog of proposers or schedulers.", example: "name: tpe", Shapes.text)
    ], others: Shapes.scalar)
}
