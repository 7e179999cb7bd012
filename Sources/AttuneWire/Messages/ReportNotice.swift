import AttuneValues

/// `reported`: metrics of a step.
public struct ReportNotice: Hashable, Sendable {
  /// From 1 without gaps within an attempt; a gap means that the program had to forget reports.
  public var n: Int
  /// Completed steps, from 1.
  public var step: Int
  /// By name; nan and the infinities travel as the strings `nan`, `inf`, `-inf`.
  public var metrics: [String: Double]
  /// Seconds since the program began to use Attune.
  public var elapsed: Double
  /// Seconds from the process's start to this report; only the first report of a process has it.
  public var warmup: Double?

  /// A report.
  public init(n: Int, step: Int, metrics: [String: Double], elapsed: Double, warmup: Double? = nil) {
    self.n = n
    self.step = step
    self.metrics = metrics
    self.elapsed = elapsed
    self.warmup = warmup
  }

  /// The parameters.
  public var json: JSON {
    var members: [String: JSON] = [
      "n": .int(n), "step": .int(step), "metrics": .object(metrics.mapValues(JSON.number)), "elapsed": .float(elapsed),
    ]
    if let warmup { members["warmup"] = .float(warmup) }
    return .object(members)
  }

  /// Reads the parameters.
  /// - Throws: `WireFailure` with `.invalidParameters`.
  public init(json: JSON) throws(WireFailure) {
    guard let n = json["n"]?.int, n > 0, let step = json["step"]?.int, step > 0, let members = json["metrics"]?.object else {
      throw WireFailure(.invalidParameters, "a report needs \"n\" and \"step\" (from 1) and \"metrics\"")
    }
    self.init(
      n: n, step: step, metrics: members.compactMapValues(\.double), elapsed: json["elapsed"]?.double ?? 0,
      warmup: json["warmup"]?.double)
  }
}
