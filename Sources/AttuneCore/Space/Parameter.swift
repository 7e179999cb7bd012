import AttuneValues

/// One dimension of a search space.
public struct Parameter: Hashable, Sendable, Codable {
  /// How files, messages and scripts call it.
  public let name: String
  /// The values it may take.
  public let domain: Domain
  /// It exists only where this holds; `nil` means always.
  public let condition: Expression?
  /// Whether a running trial's value may be changed.
  public let isLive: Bool

  /// A parameter; `SearchSpace` checks it against the others.
  public init(_ name: String, _ domain: Domain, when condition: Expression? = nil, isLive: Bool = false) {
    self.name = name
    self.domain = domain
    self.condition = condition
    self.isLive = isLive
  }
}
