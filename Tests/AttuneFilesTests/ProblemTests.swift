@testable import AttuneFiles
import Testing

/// Each wrong file and the one line it gets.
@Suite struct ProblemTests {
  static let wrong: [(String, String)] = [
    (
      "command: [./train, '--lr={learning_rat}', '{print}']\nobjective: {metric: loss, goal: minimize}\n"
        + "parameters: {learning_rate: {type: bool}}\n",
      "t.yaml:1:20: command: {learning_rat} is neither {config}, {seed} nor a parameter. Did you mean {learning_rate}?"
    ),
    (Samples.file("constraints: [\"x\\n>\"]"), "t.yaml:4:15: constraints: expected a value at column 4 of 'x >'"),
    ("", "t.yaml:1:1: the file is empty; an experiment needs at least command, objective and parameters"),
    ("# only a comment\n", "t.yaml:1:1: the file is empty; an experiment needs at least command, objective and parameters"),
    ("- a\n- b\n", "t.yaml:1:1: the file holds a list; allowed is a mapping with keys such as command, objective and parameters"),
    ("just words", "t.yaml:1:1: the file holds 'just words'; allowed is a mapping with keys such as command, objective and parameters"),
    (Samples.file("paramters: {}"), "t.yaml:4:1: unknown key 'paramters'. Did you mean 'parameters'?"),
    (
      Samples.file("zzzzzzzz: 1"),
      "t.yaml:4:1: unknown key 'zzzzzzzz'; allowed: name, command, directory, objective, objectives, outcome_constraints, stop_when, seeds, "
        + "parameters, constraints, proposer, start_with, warm_start, duplicates, scheduler, resources, suspend, limits, metrics, environment, threads, seed"
    ),
    (
      Samples.file("x: 1", without: "command"),
      "t.yaml:3:1: unknown key 'x'; allowed: name, command, directory, objective, objectives, outcome_constraints, stop_when, seeds, "
        + "parameters, constraints, proposer, start_with, warm_start, duplicates, scheduler, resources, suspend, limits, metrics, environment, threads, seed"
    ),
    (
      Samples.file("objectives: [{metric: a, goal: minimize}]"),
      "t.yaml:2:1: 'objective' and 'objectives' stand here; allowed is one of them"
    ),
    (Samples.file("objectives: []", without: "objective"), "t.yaml:3:13: objectives: got an empty list; allowed is one objective or more"),
    (
      Samples.file("objectives:\n  - {metric: a, goal: minimize}\n  - {metric: a, goal: maximize}", without: "objective"),
      "t.yaml:5:5: objectives: 'a' is there twice; each objective needs a metric of its own"
    ),
    (
      Samples.file("objectives: [{metric: a, goal: minimize}, {metric: b, goal: minimize, summary: best}]", without: "objective"),
      "t.yaml:3:80: objectives.summary: does not go with several objectives: "
        + "their values are those of the last report that has all the metrics"
    ),
    (
      Samples.file("outcome_constraints: [\"memory < 800\"]"),
      "t.yaml:4:23: outcome_constraints: got 'memory < 800'; "
        + "allowed is METRIC <= NUMBER or METRIC >= NUMBER, e.g. \"memory <= 800\""
    ),
    (
      Samples.file("stop_when: [\"memory <= much\"]"),
      "t.yaml:4:13: stop_when: got 'memory <= much'; allowed is METRIC <= NUMBER or METRIC >= NUMBER, e.g. \"accuracy >= 0.9\""
    ),
    (Samples.file("seeds: {tune: 0}"), "t.yaml:4:15: seeds.tune: got 0; allowed is a whole number from 1"),
    (Samples.file("seeds: {tunes: 3}"), "t.yaml:4:9: seeds: unknown key 'tunes'. Did you mean 'tune'?"),
    (Samples.file("seeds: {quantile: 0.5}"), "t.yaml:4:19: seeds.quantile: goes with summary: quantile; summary is mean"),
    (
      Samples.file("seeds: {summary: quantile, quantile: 1}"),
      "t.yaml:4:38: seeds.quantile: got 1; allowed is a number between 0 and 1, both excluded"
    ),
    (Samples.file("seed: 1", without: "command"), "no problem"),
    (
      Samples.file("seed: 1", without: "objective"),
      "t.yaml:1:1: missing key 'objective', e.g. objective: {metric: accuracy, goal: maximize}"
    ),
    (
      Samples.file("seed: 1", without: "parameters"),
      "t.yaml:1:1: missing key 'parameters', e.g. parameters: {learning_rate: {type: float, range: [1e-5, 1.0], scale: log}}"
    ),
    (Samples.file("seed: 1\nseed: 2"), "t.yaml:5:1: 'seed' stands here a second time; the first is in line 4. Names must be unique"),
    (Samples.file("seed: -1"), "t.yaml:4:7: seed: got -1; allowed is a whole number from 0 to 18446744073709551615"),
    (Samples.file("seed: one"), "t.yaml:4:7: seed: got 'one'; allowed is a whole number from 0 to 18446744073709551615"),
    (Samples.file("seed:"), "t.yaml:4:1: seed: nothing stands here; give a value, e.g. seed: 1, or remove the key"),
    (Samples.file("name: a/b"), "t.yaml:4:7: name: got 'a/b'; allowed is a text of at most 100 characters without '/' and line breaks"),
    (Samples.file("threads: 0"), "t.yaml:4:10: threads: got 0; allowed is a whole number from 1, or auto or inherit"),
    (
      Samples.file("suspend: checkpont"),
      "t.yaml:4:10: suspend: got 'checkpont'; allowed: none, checkpoint, signal, criu. Did you mean 'checkpoint'?"
    ),
    (
      Samples.file("command: python3 train.py '{config}'", without: "command"),
      "t.yaml:3:10: command: got a text; no shell is used, so write the words as a list: command: [python3, train.py, \"{config}\"]"
    ),
    (
      Samples.file("command: [python3, train.py, {config}]", without: "command"),
      "t.yaml:3:30: command: {config} needs quotes here: \"{config}\""
    ),
    (Samples.file("command: []", without: "command"), "t.yaml:3:10: command: got an empty list; the first word is the program to run"),
    (Samples.file("command: [[a], b]", without: "command"), "t.yaml:3:11: command: got a list; allowed is a text"),
    (
      Samples.file("objective: accuracy", without: "objective"),
      "t.yaml:3:12: objective: got 'accuracy'; allowed is a mapping with the keys metric, goal, target, summary"
    ),
    (
      Samples.file("objective: {metric: '', goal: maximize}", without: "objective"),
      "t.yaml:3:21: objective.metric: got an empty text; allowed is the name under which trials report it, e.g. accuracy"
    ),
    (
      Samples.file("objective: {metric: acc, goal: maximise}", without: "objective"),
      "t.yaml:3:32: objective.goal: got 'maximise'; allowed: minimize, maximize. Did you mean 'maximize'?"
    ),
    (
      Samples.file("objective: {metric: acc, goal: up}", without: "objective"),
      "t.yaml:3:32: objective.goal: got 'up'; allowed: minimize, maximize"
    ),
    (Samples.file("objective: {metric: acc}", without: "objective"), "t.yaml:3:12: objective: missing key 'goal', e.g. goal: maximize"),
    (
      Samples.file("objective: {metric: acc, goal: maximize, target: high}", without: "objective"),
      "t.yaml:3:50: objective.target: got 'high'; allowed is a number"
    ),
    (
      Samples.file("objective: {metric: acc, goal: maximize, targte: 1}", without: "objective"),
      "t.yaml:3:42: objective: unknown key 'targte'. Did you mean 'target'?"
    ),
    (
      Samples.file("parameters: []", without: "parameters"),
      "t.yaml:3:13: parameters: got a list; allowed is a mapping of names to parameters, e.g. {learning_rate: {type: float, "
        + "range: [1e-5, 1.0]}}"
    ),
    (
      Samples.file("parameters: {}", without: "parameters"),
      "t.yaml:3:13: parameters: none given; a search needs at least one, e.g. learning_rate: {type: float, range: [1e-5, 1.0], scale: log}"
    ),
    (
      Samples.file("parameters:\n  lr: 0.1", without: "parameters"),
      "t.yaml:4:7: parameters.lr: got 0.1; allowed is a mapping with the keys type, range, values, scale, step, when, default, live, unit, help"
    ),
    (
      Samples.file("parameters:\n  lr: {range: [0, 1]}", without: "parameters"),
      "t.yaml:4:7: parameters.lr: missing key 'type'; allowed: float, int"
    ),
    (
      Samples.file("parameters:\n  lr: {type: flaot, range: [0, 1]}", without: "parameters"),
      "t.yaml:4:14: parameters.lr.type: got 'flaot'; allowed: float, int, choice, ordinal, bool. Did you mean 'float'?"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, rnage: [0, 1]}", without: "parameters"),
      "t.yaml:4:21: parameters.lr: unknown key 'rnage'. Did you mean 'range'?"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float}", without: "parameters"),
      "t.yaml:4:7: parameters.lr: missing key 'range', e.g. range: [1e-5, 1.0]"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: [1, 0]}", without: "parameters"),
      "t.yaml:4:28: parameter 'lr': range [1.0, 0.0] is empty; the lower bound must not exceed the upper. Did you mean [0.0, 1.0]?"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: [0, 1], scale: log}", without: "parameters"),
      "t.yaml:4:28: parameter 'lr': a log scale needs a lower bound > 0, got 0.0. Use a linear scale, or start at 1e-12."
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: [0]}", without: "parameters"),
      "t.yaml:4:28: parameters.lr.range: got one bound; allowed is a list of two numbers, e.g. [0.0, 1.0]"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: 0..1}", without: "parameters"),
      "t.yaml:4:28: parameters.lr.range: got '0..1'; allowed is a list of two numbers, e.g. [0.0, 1.0]"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: [low, 1]}", without: "parameters"),
      "t.yaml:4:29: parameters.lr.range: got 'low'; allowed is a number"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: [\"0\", 1]}", without: "parameters"),
      "t.yaml:4:29: parameters.lr.range: got the text \"0\"; allowed is a number. Remove the quotes"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: [0, .inf]}", without: "parameters"),
      "t.yaml:4:32: parameters.lr.range: got .inf; allowed is a finite number"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, range: [0, 1], step: 2}", without: "parameters"),
      "t.yaml:4:42: parameter 'lr': step 2.0 does not fit; allowed is a step > 0 and at most the range's width 1.0"
    ),
    (
      Samples.file("parameters:\n  lr: {type: float, values: [0, 1]}", without: "parameters"),
      "t.yaml:4:21: parameters.lr: 'values' does not go with type float, which takes range, scale, step"
    ),
    (
      Samples.file("parameters:\n  n: {type: int, range: [0.5, 4]}", without: "parameters"),
      "t.yaml:4:26: parameters.n.range: got 0.5; allowed is a whole number, or use type float"
    ),
    (
      Samples.file("parameters:\n  n: {type: int, range: [0, 4], step: 0}", without: "parameters"),
      "t.yaml:4:39: parameter 'n': step 0 does not fit; allowed is a step > 0 and at most the range's width 4"
    ),
    (
      Samples.file("parameters:\n  b: {type: bool, range: [0, 1]}", without: "parameters"),
      "t.yaml:4:19: parameters.b: 'range' does not go with type bool, which needs nothing besides"
    ),
    (
      Samples.file("parameters:\n  c: {type: choice, values: []}", without: "parameters"),
      "t.yaml:4:29: parameter 'c': no values given; at least one is needed"
    ),
    (
      Samples.file("parameters:\n  c: {type: choice, values: [a, a]}", without: "parameters"),
      "t.yaml:4:29: parameter 'c': the value a is listed twice"
    ),
    (
      Samples.file("parameters:\n  c: {type: choice, values: [[1]]}", without: "parameters"),
      "t.yaml:4:30: parameters.c.values: got a list; allowed is a number, a text, true or false"
    ),
    (
      Samples.file("parameters:\n  c: {type: choice, values: a}", without: "parameters"),
      "t.yaml:4:29: parameters.c.values: got 'a'; allowed is a list, e.g. [sgd, adam]"
    ),
    (
      Samples.file("parameters:\n  2c: {type: bool}", without: "parameters"),
      "t.yaml:4:3: parameter '2c': a name is made of letters, digits, '_', '.' and '-', and starts with a letter or '_'"
    ),
    (
      Samples.file("parameters:\n  c: {type: bool}\n  d: {type: bool}\n  c: {type: bool}", without: "parameters"),
      "t.yaml:6:3: 'c' stands here a second time; the first is in line 4. Names must be unique"
    ),
    (
      Samples.file("parameters: {c: {type: bool}, c: {type: bool}}", without: "parameters"),
      "t.yaml:3:31: 'c' stands here a second time; the first is in line 3. Names must be unique"
    ),
    (
      Samples.file("parameters:\n  s: {type: choice, values: [sgd, adam]}\n  m: {type: bool, when: {s: sdg}}", without: "parameters"),
      "t.yaml:5:29: parameters.m.when.s: got 'sdg'; 's' takes sgd, adam. Did you mean 'sgd'?"
    ),
    (
      Samples.file("parameters:\n  s: {type: choice, values: [sgd, adam]}\n  m: {type: bool, when: {slover: sgd}}", without: "parameters"),
      "t.yaml:5:25: parameter 'm': its condition names 'slover', which is no parameter; allowed: s, m"
    ),
    (
      Samples.file("parameters:\n  s: {type: bool}\n  m: {type: bool, when: 's =='}", without: "parameters"),
      "t.yaml:5:30: parameters.m.when: expected a value at column 5 of 's =='"
    ),
    (
      Samples.file("parameters:\n  s: {type: bool}\n  m: {type: bool, when: s ==}", without: "parameters"),
      "t.yaml:5:29: parameters.m.when: expected a value at column 5 of 's =='"
    ),
    (
      Samples.file("parameters:\n  s: {type: bool, when: {m: true}}\n  m: {type: bool, when: {s: true}}", without: "parameters"),
      "t.yaml:4:25: parameters s, m: their conditions depend on one another in a circle"
    ),
    (
      Samples.file("parameters:\n  m: {type: bool, live: perhaps}", without: "parameters"),
      "t.yaml:4:25: parameters.m.live: got 'perhaps'; allowed is true or false"
    ),
    (
      Samples.file("parameters:\n  m: {type: bool, live: yes}", without: "parameters"),
      "t.yaml:4:25: parameters.m.live: got 'yes'; allowed is true or false"
    ),
    (
      Samples.file("constraints: x > 1"),
      "t.yaml:4:14: constraints: got 'x > 1'; allowed is a list of expressions, e.g. [\"batch * hidden <= 16384\"]"
    ),
    (Samples.file("constraints: [\"x >\"]"), "t.yaml:4:19: constraints: expected a value at column 4 of 'x >'"),
    (Samples.file("constraints: [\"x > 1\", \"xx > 1\"]"), "t.yaml:4:24: constraint 'xx > 1': 'xx' is no parameter. Did you mean 'x'?"),
    (Samples.file("proposer: [tpe]"), "t.yaml:4:11: proposer: got a list; allowed is a word, or a mapping with name and options"),
    (Samples.file("proposer: {startup: 20}"), "t.yaml:4:11: proposer: missing key 'name', e.g. {name: auto}"),
    (
      Samples.file("proposer: {name: tpe, prior: [1]}"),
      "t.yaml:4:30: proposer.prior: got a list; allowed is a number, a text, true or false"
    ),
    (
      Samples.file("resources: {local: {slots: 0}}"),
      "t.yaml:4:28: resources.local.slots: got 0; allowed is a whole number from 1, or auto"
    ),
    (Samples.file("resources: {local: 2}"), "t.yaml:4:20: resources.local: got 2; allowed is a mapping with the keys slots, agents"),
    (Samples.file("resources: {locl: {slots: 2}}"), "t.yaml:4:13: resources: unknown key 'locl'. Did you mean 'local'?"),
    (Samples.file("limits: {trials: 0}"), "t.yaml:4:18: limits.trials: got 0; allowed is a whole number from 1"),
    (Samples.file("limits: {trials: many}"), "t.yaml:4:18: limits.trials: got 'many'; allowed is a whole number from 1"),
    (Samples.file("limits: {trials: 2.5}"), "t.yaml:4:18: limits.trials: got 2.5; allowed is a whole number from 1"),
    (
      Samples.file("limits: {time: 2 fortnights}"),
      "t.yaml:4:16: limits.time: got '2 fortnights'; allowed is a duration such as 30s, 10m, 1h30m or 500ms, or a number of "
        + "seconds, above 0"
    ),
    (
      Samples.file("limits: {time: -5}"),
      "t.yaml:4:16: limits.time: got -5; allowed is a duration such as 30s, 10m, 1h30m or 500ms, or a number of seconds, above 0"
    ),
    (
      Samples.file("limits: {time: 30m1h}"),
      "t.yaml:4:16: limits.time: got '30m1h'; allowed is a duration such as 30s, 10m, 1h30m or 500ms, or a number of seconds, above 0"
    ),
    (
      Samples.file("limits: {time: 0}"),
      "t.yaml:4:16: limits.time: got 0; allowed is a duration such as 30s, 10m, 1h30m or 500ms, or a number of seconds, above 0"
    ),
    (Samples.file("limits: {retries: -1}"), "t.yaml:4:19: limits.retries: got -1; allowed is a whole number from 0"),
    (Samples.file("metrics: {pattern: '(acc'}"), "t.yaml:4:20: metrics.pattern: '(acc' is no regular expression: expected ')'"),
    (
      Samples.file("metrics: {pattern: 'acc=(.*)'}"),
      "t.yaml:4:20: metrics.pattern: 'acc=(.*)' has no named group; a metric is a named group, e.g. acc=(?<accuracy>[\\d.]+)"
    ),
    (
      Samples.file("metrics: {pattern: 'epoch (?<step>.*)'}"),
      "t.yaml:4:20: metrics.pattern: 'epoch (?<step>.*)' names the step but no metric; a metric is a named group, e.g. "
        + "acc=(?<accuracy>[\\d.]+)"
    ),
    (
      Samples.file("environment: [A]"),
      "t.yaml:4:14: environment: got a list; allowed is a mapping of names to texts, e.g. {CUDA_VISIBLE_DEVICES: 0}"
    ),
    (
      Samples.file("environment: {A=B: 1}"),
      "t.yaml:4:15: environment: 'A=B' is no name of an environment variable; it must not be empty nor hold '='"
    ),
    (Samples.file("environment: {A: }"), "t.yaml:4:18: environment.A: got nothing; allowed is a text"),
    (
      Samples.file("\tname: x"),
      "t.yaml:4:1: not YAML: found character that cannot start any token while scanning for the next token. A tab cannot "
        + "indent here; use spaces"
    ),
    (
      Samples.file("name: a: b"),
      "t.yaml:4:8: not YAML: mapping values are not allowed in this context. A text with ': ' in it needs quotes, and keys of "
        + "one mapping the same indentation"
    ),
    (
      Samples.file("name: [a"),
      "t.yaml:4:1: not YAML: did not find expected ',' or ']' while parsing a flow sequence that begins in line 4"
    ),
    (
      Samples.file("name: 'open"),
      "t.yaml:4:1: not YAML: found unexpected end of stream while scanning a quoted scalar that begins in line 4"
    ),
    (Samples.file("name: *nothing"), "t.yaml:4:7: this alias names no anchor (&name) that stands before it"),
    (
      Samples.file("name: \"\\d\""),
      "t.yaml:4:8: not YAML: found unknown escape character while parsing a quoted scalar. In \"…\" a backslash is doubled; "
        + "'…' takes it as it is"
    ),
    (
      Samples.file("name: @x"),
      "t.yaml:4:7: not YAML: found character that cannot start any token while scanning for the next token. A text that begins "
        + "with '@' needs quotes"
    ),
    (
      Samples.file("name: x\n   seed: 1"),
      "t.yaml:5:8: not YAML: mapping values are not allowed in this context. A text with ': ' in it needs quotes, and keys of "
        + "one mapping the same indentation"
    ),
    (Samples.file("---\nname: x"), "t.yaml:4:1: a second document begins here; an experiment file holds one"),
    (Samples.file("? [a]\n: 1"), "t.yaml:4:3: a key must be a word; this one is a list or a mapping"),
    (Samples.file("<<: 3"), "t.yaml:4:5: '<<' merges mappings; got 3"),
    (Samples.file("name: a\u{0}b"), "t.yaml:4:8: a control character stands here; only tabs and line ends are allowed"),
    (Samples.file("name: !custom x"), "t.yaml:4:7: the tag '!custom' is not known here; remove it"),
    (
      Samples.file("limits: {trials: \"5\"}"),
      "t.yaml:4:18: limits.trials: got the text \"5\"; allowed is a whole number from 1. Remove the quotes"
    ),
    (
      Samples.file("limits: {time: 1:30:00}"),
      "t.yaml:4:16: limits.time: got '1:30:00'; allowed is a duration such as 30s, 10m, 1h30m or 500ms, or a number of seconds, above 0"
    ),
    (
      Samples.file("proposer: {name: tpe, name: gp}"),
      "t.yaml:4:23: 'name' stands here a second time; the first is in line 4. Names must be unique"
    ),
    (
      Samples.file("start_with: {x: true}"),
      "t.yaml:4:13: start_with: got a mapping; allowed is a list of mappings, e.g. [{learning_rate: 0.1}]"
    ),
    (Samples.file("start_with: [{}]"), "t.yaml:4:14: start_with: got an empty mapping; a point names at least one parameter"),
    (Samples.file("start_with: [{y: 1}]"), "t.yaml:4:15: start_with: 'y' is no parameter. Did you mean 'x'?"),
    (Samples.file("start_with:\n  - {x: true}\n  - {x: 3}"), "t.yaml:6:9: start_with.x: got 3; allowed: true, false"),
    (
      Samples.file(
        "parameters: {s: {type: choice, values: [adam, sgd]}, m: {type: bool, when: {s: sgd}}}\nstart_with: [{m: true, s: adam}]",
        without: "parameters"),
      "t.yaml:4:14: start_with: m=true s=adam: 10,000 draws found no values for the other parameters that keep conditions and constraints"
    ),
    (
      Samples.file("warm_start: digits"),
      "t.yaml:4:13: warm_start: got 'digits'; allowed is a list of experiments, e.g. [digits, {store: ../before, experiment: digits}]"
    ),
    (Samples.file("warm_start: [{experiment: a}]"), "t.yaml:4:14: warm_start: missing key 'store', e.g. store: ../before"),
    (Samples.file("duplicates: no"), "t.yaml:4:13: duplicates: got 'no'; allowed: avoid, allow"),
    (
      Samples.file("parameters: {x: {type: int, range: [1, 3], default: 4}}", without: "parameters"),
      "t.yaml:3:53: parameter 'x': 4 refused; allowed: 1...3"
    ),
    (Samples.file("scheduler: ''"), "t.yaml:4:12: scheduler: got an empty text; allowed is a word, or a mapping with name and options"),
    (Samples.file("metrics: {auptimizer: 1}"), "t.yaml:4:23: metrics.auptimizer: got 1; allowed is true or false"),
    (Samples.file("directory: [a]"), "t.yaml:4:12: directory: got a list; allowed is a path"),
    (
      Samples.file("seed: 99999999999999999999"),
      "t.yaml:4:7: seed: got 99999999999999999999; allowed is a whole number from 0 to 18446744073709551615"
    ),
    (Samples.file("x: " + String(repeating: "[", count: 2000)), "t.yaml:4:5: nested deeper than 64 levels"),
    (
      Samples.file("x: " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)),
      "t.yaml:4:67: nested deeper than 64 levels"
    ),
    (
      Samples.file("x: &a [1]\ny: {" + String(repeating: "*a , ", count: 9) + "}\n? *a\n: 1"),
      "t.yaml:6:1: a key must be a word; this one is an alias or a collection"
    ),
  ]
  @Test(arguments: wrong)
  func getsOneLine(text: String, line: String) {
    #expect(Samples.problem(text) == line)
  }
}
