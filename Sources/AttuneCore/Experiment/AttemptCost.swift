/// What an attempt's process measured of itself; `nil` for what nobody measured.
public struct AttemptCost: Hashable, Sendable, Codable {
  /// Seconds from the start of the process to its first report.
  public var warmup: Double?
  /// Energy of the process's machine or device during its life, in joules.
  public var joules: Double?
  /// What counted the joules: `rapl`, `nvml`.
  public var energySource: String?

  /// Measurements.
  public init(warmup: Double? = nil, joules: Double? = nil, energySource: String? = nil) {
    self.warmup = warmup
    self.joules = joules
    self.energySource = energySource
  }

  /// Takes over what `later` has measured.
  public mutating func take(_ later: AttemptCost) {
    warmup = later.warmup ?? warmup
    joules = later.joules ?? joules
    energySource = later.energySource ?? energySource
  }
}
