import AttuneValues

/// The answer of a program that was dialled to `hello`.
public struct ProgramIdentity: Hashable, Sendable {
  /// The program's name.
  public var name: String
  /// The program's process.
  public var pid: Int
  /// The last completed step that it told.
  public var step: Int
  /// Its attempt, when it runs under an experiment.
  public var attempt: String?
  /// When its process started, in seconds since 1970-01-01 UTC; `nil` when it does not say.
  public var began: Double?
  /// Seconds from the process's start to its first report; `nil` before.
  public var warmup: Double?
  /// What the machine has used since the program began to use Attune; `nil` when it cannot be measured.
  public var energy: Energy?
  /// Whether it waits to be resumed.
  public var isPaused: Bool
  /// How many ranks its group has; `nil` outside a group.
  public var ranks: Int?

  /// An identity.
  public init(
    name: String, pid: Int, step: Int, attempt: String? = nil, began: Double? = nil, warmup: Double? = nil, energy: Energy? = nil,
    isPaused: Bool = false, ranks: Int? = nil
  ) {
    self.name = name
    self.pid = pid
    self.step = step
    self.attempt = attempt
    self.began = began
    self.warmup = warmup
    self.energy = energy
    self.isPaused = isPaused
    self.ranks = ranks
  }

  /// The result of `hello`.
  public var json: JSON {
    var members: [String: JSON] = [
      "name": .string(name), "pid": .int(pid), "protocol": .int(LiveMethod.protocolVersion), "step": .int(step),
    ]
    if let attempt { members["attempt"] = .string(attempt) }
    if let began { members["began"] = .float(began) }
    if let warmup { members["warmup"] = .float(warmup) }
    if let energy { members["energy"] = energy.json }
    if isPaused { members["paused"] = true }
    if let ranks { members["ranks"] = .int(ranks) }
    return .object(members)
  }

  /// Reads the result of `hello`.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let name = json["name"]?.string, let pid = json["pid"]?.int else {
      throw WireFailure(.invalidParameters, "the answer to 'hello' needs \"name\" and \"pid\"")
    }
    self.init(
      name: name, pid: pid, step: json["step"]?.int ?? 0, attempt: json["attempt"]?.string, began: json["began"]?.double,
      warmup: json["warmup"]?.double, energy: json["energy"].flatMap(Energy.init(json:)), isPaused: json["paused"]?.bool ?? false,
      ranks: json["ranks"]?.int)
  }
}
