import AttuneCore
import AttuneValues

/// Reads an `experiment.json` of Auptimizer (versions 1 and 2) as it stands.
///
/// Its scripts get the path of the configuration as their last argument and print `#Auptimizer:VALUE`; the job's `isAuptimizer`
/// tells the runner so. Whoever writes the configuration file of such a job adds `job_id`, as Auptimizer's proposers do.
struct AuptimizerFile {
  /// The key by which such a file is known.
  static let mark = "parameter_config"
  /// The metric under which the printed value is reported.
  static let metric = "value"

  let root: FileItem
  private(set) var remarks: [FileProblem] = []

  init(_ root: FileItem) { self.root = root }

  mutating func read() throws(FileProblem) -> ExperimentFile {
    if let compression = root.node["compression"] {
      throw root.child("compression", compression).problem("model compression is not done here; only the search of hyperparameters is")
    }
    let directory = FilePath.absolute(try optional("workingdir")?.text("a path") ?? ".", from: FilePath.directory(of: root.path))
    let proposer = try proposer()
    var parameters = AuptimizerParameters(isGrid: proposer.name == "grid")
    let space = try parameters.read(try required("parameter_config"))
    remarks += parameters.remarks
    let definition = ExperimentDefinition(
      name: try optional("name")?.anyText() ?? FilePath.baseName(of: root.path),
      job: Job(
        command: AuptimizerScript.command(try required("script").text("the script to run"), in: directory), directory: directory,
        environment: try environment(), isAuptimizer: true),
      objective: Objective(metric: Self.metric, goal: try goal(), summary: .last), space: space, proposer: proposer,
      scheduler: try scheduler(),
      resources: Resources(localSlots: try slots()),
      limits: Limits(trials: try trials(for: proposer), retries: try retries()), seed: try seed())
    return ExperimentFile(
      path: root.path, definition: definition, notes: [:], remarks: remarks, places: ExperimentFile.places(in: root))
  }

  func optional(_ key: String) throws(FileProblem) -> FileItem? {
    root.node[key].flatMap { $0.isNull ? nil : root.child(key, $0) }
  }

  func required(_ key: String) throws(FileProblem) -> FileItem {
    guard let item = try optional(key) else { throw root.problem("missing key '\(key)', which Auptimizer's files must have") }
    return item
  }

  private func goal() throws(FileProblem) -> Objective.Goal {
    let item = try required("target")
    switch try item.text("max or min") {
    case "max": return .maximize
    case "min": return .minimize
    default: throw item.refusal("max or min")
    }
  }

  private func slots() throws(FileProblem) -> Int {
    if let resource = try optional("resource"), !["cpu", "gpu"].contains(try resource.text("cpu or gpu")) {
      throw resource.refusal("cpu or gpu; trials of this file run on this machine")
    }
    return try optional("n_parallel")?.count(from: 1) ?? 1
  }

  /// A grid ends by itself.
  private func trials(for proposer: AlgorithmChoice) throws(FileProblem) -> Int? {
    guard proposer.name != "grid" else { return nil }
    return try optional("n_samples")?.count(from: 1)
  }

  private func seed() throws(FileProblem) -> UInt64 { UInt64(try optional("random_seed")?.count(from: 0) ?? 0) }

  private func retries() throws(FileProblem) -> Int {
    guard let failure = try optional("job_failure") else { return 0 }
    guard let retries = failure.node["job_retries"] else { return 3 }
    return try failure.child("job_retries", retries).count(from: 0)
  }

  private mutating func environment() throws(FileProblem) -> [String: String] {
    guard let arguments = try optional("runtime_args") else { return [:] }
    for entry in try arguments.entries("a mapping") where entry.key != "env" {
      remarks.append(arguments.problem("'\(entry.key)' has no effect here", at: entry.place))
    }
    return try JobReader.environment(arguments.node["env"].map { arguments.child("env", $0) })
  }

  mutating func remark(_ item: FileItem, _ message: String) { remarks.append(item.problem(message)) }
}
