import AttuneValues

/// Energy that was measured, and by what.
public struct Energy: Hashable, Sendable {
  /// Joules.
  public var joules: Double
  /// `rapl`: the machine's processor packages. `nvml`: its GPUs. `rapl+nvml`: both.
  public var source: String

  /// An amount.
  public init(joules: Double, source: String) {
    self.joules = joules
    self.source = source
  }

  /// The members `joules` and `source`.
  public var json: JSON { ["joules": .float(joules), "source": .string(source)] }

  /// Reads the members; `nil` when one is missing.
  public init?(json: JSON) {
    guard let joules = json["joules"]?.double, let source = json["source"]?.string else { return nil }
    self.init(joules: joules, source: source)
  }
}

/// `ledger`: what a process has cost so far. The same object, with the process's `pid`, is a line of `ATTUNE_LEDGER`.
public struct LedgerNotice: Hashable, Sendable {
  /// Seconds from the process's start to its first report; `nil` when it reported nothing.
  public var warmup: Double?
  /// Seconds since the process's start.
  public var elapsed: Double
  /// `nil` when it cannot be measured.
  public var energy: Energy?

  /// What a process has cost.
  public init(warmup: Double?, elapsed: Double, energy: Energy?) {
    self.warmup = warmup
    self.elapsed = elapsed
    self.energy = energy
  }

  /// The parameters.
  public var json: JSON {
    var members: [String: JSON] = ["elapsed": .float(elapsed)]
    if let warmup { members["warmup"] = .float(warmup) }
    if let energy { members.merge(energy.json.object ?? [:]) { first, _ in first } }
    return .object(members)
  }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let elapsed = json["elapsed"]?.double else { throw WireFailure(.invalidParameters, "a ledger needs \"elapsed\"") }
    self.init(warmup: json["warmup"]?.double, elapsed: elapsed, energy: Energy(json: json))
  }
}
