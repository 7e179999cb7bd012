import AttuneCore
import AttuneValues

/// Reads the keys of an experiment file, in the order of the guide.
struct ExperimentReader {
  private let root: FileItem
  private let cores: Int

  init(_ root: FileItem, cores: Int) {
    self.root = root
    self.cores = cores
  }

  func read() throws(FileProblem) -> ExperimentFile {
    let file = try FileSection(root, .experiment)
    let name = try name(file.optional("name"))
    let command = try file.optional("command").map(JobReader.command) ?? []
    let directory = FilePath.absolute(try file.optional("directory")?.text("a path") ?? ".", from: FilePath.directory(of: root.path))
    let objectives = try ObjectiveReader.objectives(of: file)
    var reader = SpaceReader(parameters: try file.required("parameters"), constraints: try file.optional("constraints"))
    let space = try reader.read()
    if let item = try file.optional("command") { try JobReader.checkPlaceholders(of: item, space) }
    let proposer = try algorithm(file.optional("proposer"), standard: "auto")
    let scheduler = try algorithm(file.optional("scheduler"), standard: "fifo")
    let resources = try resources(file.optional("resources"))
    let suspend = try file.optional("suspend")?.word(SuspendMode.self) ?? .none
    let limits = try limits(file.optional("limits"))
    let metrics = try JobReader.metrics(file.optional("metrics"))
    let job = Job(
      command: command, directory: directory, environment: try JobReader.environment(file.optional("environment")),
      pattern: metrics.pattern,
      threads: try JobReader.threads(file.optional("threads"), slots: resources.localSlots, cores: cores),
      isAuptimizer: metrics.isAuptimizer)
    var definition = ExperimentDefinition(
      name: name, job: job, objective: objectives[0], space: space, proposer: proposer, scheduler: scheduler,
      resources: resources, limits: limits, seed: try seed(file.optional("seed")), suspend: suspend)
    definition.objectives = objectives
    definition.outcomeConstraints = try ObjectiveReader.bounds(file.optional("outcome_constraints"), example: "memory <= 800")
    definition.stopWhen = try ObjectiveReader.bounds(file.optional("stop_when"), example: "accuracy >= 0.9")
    definition.seeds = try ObjectiveReader.seeds(file.optional("seeds"))
    definition.startWith = try SearchReader.points(file.optional("start_with"), space)
    definition.duplicates = try file.optional("duplicates")?.word(Duplicates.self) ?? .avoid
    let warmStart = try SearchReader.warmStart(file.optional("warm_start"))
    return ExperimentFile(
      path: root.path, definition: definition, notes: reader.notes, warmStart: warmStart, places: ExperimentFile.places(in: root))
  }

  private func name(_ item: FileItem?) throws(FileProblem) -> String {
    guard let item else { return FilePath.baseName(of: root.path).nonEmpty ?? "experiment" }
    let name = try item.anyText()
    let isSound = !name.isEmpty && name.count <= 100 && !name.contains { $0 == "/" || $0.isNewline }
    guard isSound else { throw item.refusal("a text of at most 100 characters without '/' and line breaks") }
    return name
  }

  private func algorithm(_ item: FileItem?, standard: String) throws(FileProblem) -> AlgorithmChoice {
    guard let item else { return AlgorithmChoice(standard) }
    guard case .mapping = item.node.content else { return AlgorithmChoice(try item.text("a word, or a mapping with name and options")) }
    let section = try FileSection(item, .algorithm)
    guard let name = try section.optional("name") else { throw item.problem("missing key 'name', e.g. {name: \(standard)}") }
    var options: [String: Value] = [:]
    for entry in section.others { options[entry.key] = try item.child(entry.key, entry.value).scalar() }
    return AlgorithmChoice(try name.text("a word of the catalog"), options: options)
  }

  private func resources(_ item: FileItem?) throws(FileProblem) -> Resources {
    guard let item, let local = try FileSection(item, .resources).optional("local") else { return Resources(localSlots: cores) }
    let section = try FileSection(local, .local)
    var slots = cores
    if let item = try section.optional("slots"), item.node.value != .string("auto") { slots = try item.count(from: 1, or: "auto") }
    guard let item = try section.optional("agents") else { return Resources(localSlots: slots) }
    let agents = try item.count(from: 1)
    guard agents <= slots else { throw item.refusal("a whole number from 1 to \(slots), the number of slots") }
    return Resources(localSlots: slots, agents: agents)
  }

  private func limits(_ item: FileItem?) throws(FileProblem) -> Limits {
    guard let item else { return Limits() }
    let section = try FileSection(item, .limits)
    return Limits(
      trials: try section.optional("trials")?.count(from: 1), steps: try section.optional("steps")?.count(from: 1),
      time: try section.optional("time")?.duration(), trialTime: try section.optional("trial_time")?.duration(),
      retries: try section.optional("retries")?.count(from: 0) ?? 0,
      grace: try section.optional("grace")?.duration(zeroAllowed: true) ?? 10,
      suspend: try section.optional("suspend")?.duration())
  }

  /// The upper half of the seeds is beyond `Int`.
  private func seed(_ item: FileItem?) throws(FileProblem) -> UInt64 {
    guard let item else { return 0 }
    if case .scalar(let text, isPlain: true) = item.node.content, let seed = UInt64(text) { return seed }
    let allowed = "a whole number from 0 to \(UInt64.max)"
    guard let seed = UInt64(exactly: try item.number(allowed)) else { throw item.refusal(allowed) }
    return seed
  }
}
