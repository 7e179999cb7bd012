import AttuneCore
import AttuneValues

/// Auptimizer's proposers and early stopping policies under the names they have here.
extension AuptimizerFile {
  private static let proposers = [
    "random": "random", "sequence": "grid", "spearmint": "gp", "hyperopt": "tpe", "hyperband": "hyperband", "bohb": "bohb",
    "eas": "reinforce", "passive": "passive",
  ]
  private static let policies = ["median": "median", "bandit": "bandit", "truncation": "percentile", "curve_fitting": "earlyterm"]

  /// Keys with a place of their own here.
  private static let general: Set = [
    "proposer", "script", "resource", "n_parallel", "target", "parameter_config", "n_samples", "workingdir", "cwd", "name", "random_seed",
    "job_failure", "resource_args", "runtime_args", "save_model",
  ]
  /// Keys that tune Auptimizer's own implementation of a proposer, and mean nothing to another one.
  private static let internals: Set = ["engine", "engine_config", "grid_size", "spearmint_dir"]

  /// Keys that are nobody's own are the proposer's options.
  mutating func proposer() throws(FileProblem) -> AlgorithmChoice {
    let item = try required("proposer")
    let word = try item.text("a word").lowercased()
    guard var name = Self.proposers[word] else {
      throw item.problem("unknown proposer '\(word)'\(Nearest.hint(word, among: Self.proposers.keys.sorted()))")
    }
    if word == "hyperopt", let engine = root.node["engine"], engine.value == .string("random") { name = "random" }
    // Its networks grow from trained ones.
    var options: [String: Value] = word == "eas" ? ["grow": true] : [:]
    for entry in try root.entries("a mapping") where !Self.general.contains(entry.key) && !entry.value.isNull {
      let option = root.child(entry.key, entry.value)
      if Self.internals.contains(entry.key) || word == "eas" {
        if word != "hyperopt" || entry.key != "engine" { remark(option, "has no effect here; it tunes Auptimizer's own '\(word)'") }
      } else if let value = entry.value.value {
        options[entry.key] = value
      } else {
        remark(option, "has no effect here; an option is a single value, got \(entry.value.summary)")
      }
    }
    return AlgorithmChoice(name, options: options)
  }

  /// Early stopping stands under `resource_args`.
  mutating func scheduler() throws(FileProblem) -> AlgorithmChoice {
    guard let arguments = try optional("resource_args") else { return AlgorithmChoice("fifo") }
    var choice = AlgorithmChoice("fifo")
    for entry in try arguments.entries("a mapping") {
      let item = arguments.child(entry.key, entry.value)
      switch entry.key {
      case "early_stop": choice = try policy(item)
      case "track_intermediate_results": continue
      default: remark(item, "has no effect here")
      }
    }
    return choice
  }

  private mutating func policy(_ item: FileItem) throws(FileProblem) -> AlgorithmChoice {
    guard let node = item.node["aup_policy"] else {
      throw item.problem("missing key 'aup_policy'; allowed: \(Self.policies.keys.sorted().joined(separator: ", "))")
    }
    let policy = item.child("aup_policy", node)
    let word = try policy.text("a word")
    guard let name = Self.policies[word] else {
      throw policy.problem("unknown policy '\(word)'\(Nearest.hint(word, among: Self.policies.keys.sorted()))")
    }
    for entry in try item.entries("a mapping") where entry.key != "aup_policy" {
      remark(item.child(entry.key, entry.value), "has no effect here; '\(name)' keeps its own default")
    }
    return AlgorithmChoice(name)
  }
}
