import AttuneCore
import AttuneValues

extension ExperimentFile {
  /// The definition as a file for people: reading it gives the same definition back.
  /// - Parameters:
  ///   - path: where the file will be; its directory need not be named then. `nil` names the working directory in full.
  ///   - notes: units and help texts of parameters, by name.
  ///   - schema: what the first line refers editors to: a URL, or a path seen from the file.
  public static func yaml(
    _ definition: ExperimentDefinition, path: String? = nil, notes: [String: ParameterNote] = [:],
    schema: String = ExperimentSchema.fileName
  ) -> String {
    var lines = ["# yaml-language-server: $schema=\(schema)"]
    func add(_ key: String, _ text: String) { lines.append("\(key): \(text)") }
    let job = definition.job
    add("name", YAMLText.scalar(.string(definition.name)))
    if !job.command.isEmpty { add("command", YAMLText.list(job.command.map(Value.string))) }
    if path.map({ FilePath.directory(of: $0) }) != job.directory { add("directory", YAMLText.scalar(.string(job.directory))) }
    if definition.objectives.count == 1 {
      add("objective", objective(definition.objective))
    } else {
      add("objectives", "[\(definition.objectives.map { objective($0, isAlone: false) }.joined(separator: ", "))]")
    }
    if !definition.outcomeConstraints.isEmpty {
      add("outcome_constraints", YAMLText.list(definition.outcomeConstraints.map { .string($0.description) }))
    }
    if !definition.stopWhen.isEmpty { add("stop_when", YAMLText.list(definition.stopWhen.map { .string($0.description) })) }
    if let seeds = definition.seeds { add("seeds", YAMLText.mapping(Self.seeds(seeds))) }
    add("parameters", "")
    lines[lines.count - 1] = "parameters:"
    for parameter in definition.space.parameters {
      lines.append("  \(YAMLText.scalar(.string(parameter.name))): \(self.parameter(parameter, notes[parameter.name]))")
    }
    if !definition.space.constraints.isEmpty { add("constraints", YAMLText.list(definition.space.constraints.map { .string($0.text) })) }
    add("proposer", algorithm(definition.proposer))
    if !definition.startWith.isEmpty { add("start_with", "[\(definition.startWith.map(point).joined(separator: ", "))]") }
    if definition.duplicates != .avoid { add("duplicates", definition.duplicates.rawValue) }
    add("scheduler", algorithm(definition.scheduler))
    let agents = definition.resources.agents > 1 ? ", agents: \(definition.resources.agents)" : ""
    add("resources", "{local: {slots: \(definition.resources.localSlots)\(agents)}}")
    if definition.suspend != .none { add("suspend", definition.suspend.rawValue) }
    let limits = limits(definition.limits)
    if !limits.isEmpty { add("limits", YAMLText.mapping(limits)) }
    let metrics = metrics(job)
    if !metrics.isEmpty { add("metrics", YAMLText.mapping(metrics)) }
    if !job.environment.isEmpty {
      add("environment", YAMLText.mapping(job.environment.sorted { $0.key < $1.key }.map { ($0.key, YAMLText.scalar(.string($0.value))) }))
    }
    add("threads", job.threads.map(String.init) ?? "inherit")
    add("seed", String(definition.seed))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func objective(_ objective: Objective, isAlone: Bool = true) -> String {
    var entries = [("metric", YAMLText.scalar(.string(objective.metric))), ("goal", objective.goal.rawValue)]
    if let target = objective.target { entries.append(("target", YAMLText.scalar(.float(target)))) }
    if isAlone, objective.summary != .best { entries.append(("summary", objective.summary.rawValue)) }
    return YAMLText.mapping(entries)
  }

  private static func seeds(_ seeds: Seeds) -> [(key: String, value: String)] {
    var entries = [("tune", String(seeds.tune)), ("test", String(seeds.test))]
    if seeds.summary != .mean { entries.append(("summary", seeds.summary.rawValue)) }
    if seeds.summary == .quantile { entries.append(("quantile", YAMLText.scalar(.float(seeds.quantile)))) }
    return entries
  }

  static func parameter(_ parameter: Parameter, _ note: ParameterNote?) -> String {
    var entries: [(String, String)] = []
    switch parameter.domain {
    case .float(let lower, let upper, let scale, let step):
      entries = [("type", "float"), ("range", YAMLText.list([.float(lower), .float(upper)]))]
      if scale != .linear { entries.append(("scale", scale.rawValue)) }
      if let step { entries.append(("step", YAMLText.scalar(.float(step)))) }
    case .int(let lower, let upper, let scale, let step):
      entries = [("type", "int"), ("range", YAMLText.list([.int(lower), .int(upper)]))]
      if scale != .linear { entries.append(("scale", scale.rawValue)) }
      if let step { entries.append(("step", String(step))) }
    case .choice(let values): entries = [("type", "choice"), ("values", YAMLText.list(values))]
    case .ordinal(let values): entries = [("type", "ordinal"), ("values", YAMLText.list(values))]
    case .bool: entries = [("type", "bool")]
    }
    if let condition = parameter.condition { entries.append(("when", YAMLText.scalar(.string(condition.text)))) }
    if let standard = parameter.standard { entries.append(("default", YAMLText.scalar(standard))) }
    if parameter.isLive { entries.append(("live", "true")) }
    if let unit = note?.unit { entries.append(("unit", YAMLText.scalar(.string(unit)))) }
    if let help = note?.help { entries.append(("help", YAMLText.scalar(.string(help)))) }
    return YAMLText.mapping(entries)
  }

  private static func point(_ configuration: Configuration) -> String {
    YAMLText.mapping(configuration.values.sorted { $0.key < $1.key }.map { ($0.key, YAMLText.scalar($0.value)) })
  }

  private static func algorithm(_ choice: AlgorithmChoice) -> String {
    let name = YAMLText.scalar(.string(choice.name))
    guard !choice.options.isEmpty else { return name }
    return YAMLText.mapping([("name", name)] + choice.options.sorted { $0.key < $1.key }.map { ($0.key, YAMLText.scalar($0.value)) })
  }

  private static func limits(_ limits: Limits) -> [(key: String, value: String)] {
    var entries: [(key: String, value: String)] = []
    if let trials = limits.trials { entries.append(("trials", String(trials))) }
    if let steps = limits.steps { entries.append(("steps", String(steps))) }
    if let time = limits.time { entries.append(("time", DurationText.text(time))) }
    if let trialTime = limits.trialTime { entries.append(("trial_time", DurationText.text(trialTime))) }
    if limits.retries != 0 { entries.append(("retries", String(limits.retries))) }
    if limits.grace != Limits().grace { entries.append(("grace", DurationText.text(limits.grace))) }
    if let suspend = limits.suspend { entries.append(("suspend", DurationText.text(suspend))) }
    return entries
  }

  private static func metrics(_ job: Job) -> [(key: String, value: String)] {
    var entries: [(key: String, value: String)] = []
    if let pattern = job.pattern { entries.append(("pattern", YAMLText.scalar(.string(pattern)))) }
    if job.isAuptimizer { entries.append(("auptimizer", "true")) }
    return entries
  }
}
