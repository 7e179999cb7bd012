/// A part breaks the contract of its port: what was promised and what happened.
public struct ContractViolation: Error, Sendable, CustomStringConvertible {
  /// One line.
  public let description: String

  /// A violation, in words.
  public init(_ description: String) { self.description = description }

  static func require(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    if !condition { throw ContractViolation(description()) }
  }
}
