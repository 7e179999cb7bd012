import AttuneWire

/// What is known of a program that an attempt runs and that can be changed live.
public struct ProgramMirror: Hashable, Sendable {
  /// Its process.
  public let pid: Int
  /// What it calls itself.
  public let name: String
  /// Completed steps, of the attempt's last report.
  public var step: Int
  /// Its variables with their values, and its triggers.
  public var declaration: Declaration
  /// Whether it is connected at the moment.
  public var isConnected: Bool
}
