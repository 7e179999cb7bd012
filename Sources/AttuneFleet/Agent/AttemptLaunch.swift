import AttuneCore
import AttuneValues
import AttuneWire

/// What a script finds around it: arguments, environment and files (the job contract).
struct AttemptLaunch {
  let configuration: ProtoConfigure
  let start: ProtoStart
  let attempt: AttemptID
  let token: String
  /// The socket for programs.
  let hub: String

  private var files: AttemptFiles { AttemptFiles(attempt, in: configuration.trialsDirectory) }
  private var inherited: String { AttemptFiles.checkpoint(of: attempt.trial, inherited: true, in: configuration.trialsDirectory) }
  private var checkpoint: String { AttemptFiles.checkpoint(attempt, in: configuration.trialsDirectory) }

  /// Makes the directories and files.
  func prepare() throws(FleetError) {
    try Files.makeDirectory(files.directory)
    if start.adoption > 0 {
      try AdoptedCheckpoint(Int(start.adoption), of: attempt.trial, in: configuration.trialsDirectory).takePlace()
    }
    try Files.makeDirectory(checkpoint)
    // What the supervisor will need, so that a full disk is known before it runs.
    for path in [files.output, files.errors] { try Files.write([], to: path) }
    try Files.write([UInt8](repeating: UInt8(ascii: " "), count: AttemptFiles.exitRoom), to: files.exitDraft)
    try Files.write(Array((document.text + "\n").utf8), to: files.configuration)
    if !start.changes.isEmpty { try Files.write(changes, to: files.changes) }
  }

  /// The command with its placeholders filled in. A parameter that this configuration does not have is an empty string; other
  /// braces stay as they are.
  var arguments: [String] {
    var values = ["config": files.configuration, "seed": String(start.seed)]
    for name in configuration.parameters { values[name] = start.configuration[name]?.value?.description ?? "" }
    return configuration.command.map { Self.fill($0, with: values) }
  }

  /// One pass, so that a value with braces in it is not filled in again.
  private static func fill(_ text: String, with values: [String: String]) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}"), let value = values[String(rest[rest.index(after: open)..<close])] else {
        result.append(rest.removeFirst())
        continue
      }
      result += value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// - Parameter base: what the agent itself has.
  func environment(base: [String: String]) -> [String] {
    var variables = base
    // A trial may be started from within another one.
    for name in Self.optionalVariables { variables[name] = nil }
    variables["PYTHONUNBUFFERED"] = "1"
    if configuration.hasThreads {
      for name in Self.threadVariables { variables[name] = String(configuration.threads) }
    }
    variables.merge(configuration.environment) { _, fromFile in fromFile }
    variables.merge(contract) { _, ours in ours }
    // A connection cannot be put into a snapshot, and files of one attempt are not the next one's.
    if configuration.suspend == SuspendMode.criu.rawValue { for name in Self.liveVariables { variables[name] = nil } }
    return variables.map { "\($0.key)=\($0.value)" }
  }

  private static let threadVariables = [
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
  ]

  private static let liveVariables = ["ATTUNE_SOCKET", "ATTUNE_TOKEN", "ATTUNE_RECORD", "ATTUNE_REPORTS", "ATTUNE_LEDGER"]

  private static let optionalVariables = ["ATTUNE_RESUME", "ATTUNE_PARENT_CHECKPOINT", "ATTUNE_CHANGES", "ATTUNE_STEPS", "ATTUNE_REPLAY"]

  private var contract: [String: String] {
    var variables = [
      "ATTUNE_EXPERIMENT": configuration.experiment, "ATTUNE_TRIAL": attempt.trial.description, "ATTUNE_ATTEMPT": String(attempt.number),
      "ATTUNE_ATTEMPT_ID": attempt.description, "ATTUNE_CONFIG": files.configuration, "ATTUNE_SEED": String(start.seed),
      "ATTUNE_CHECKPOINT": checkpoint, "ATTUNE_SOCKET": hub, "ATTUNE_TOKEN": token, "ATTUNE_RECORD": files.record,
      "ATTUNE_REPORTS": files.leftReports, "ATTUNE_LEDGER": files.costs,
    ]
    if !Files.names(in: checkpoint).isEmpty { variables["ATTUNE_RESUME"] = "1" }
    if Files.exists(inherited) { variables["ATTUNE_PARENT_CHECKPOINT"] = inherited }
    if !start.changes.isEmpty { variables["ATTUNE_CHANGES"] = files.changes }
    if configuration.hasSteps { variables["ATTUNE_STEPS"] = String(configuration.steps) }
    return variables
  }

  /// Auptimizer's scripts look for `job_id` beside the parameters.
  private var document: JSON {
    var members = start.configuration.compactMapValues { $0.value?.json }
    if configuration.isAuptimizer { members["job_id"] = members["job_id"] ?? .int(attempt.trial.rawValue) }
    return .object(members)
  }

  private var changes: [UInt8] {
    let lines = start.changes.map(\.change).enumerated().map { index, change in
      ChangeNotice(
        n: index + 1, number: change.number, step: change.step, values: change.values, trigger: change.trigger, by: change.by,
        reason: change.reason, time: 0
      ).json.text + "\n"
    }
    return Array(lines.joined().utf8)
  }
}
