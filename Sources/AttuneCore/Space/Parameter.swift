import AttuneValues

/// One dimension of a search space.
///
/// What may be proposed, `domain`, is a part of what coordinates are relative to, `frame`: a space that is narrowed while it is searched
/// keeps the coordinates of what was tried before. In a space that nobody edited the two are the same.
public struct Parameter: Hashable, Sendable {
  /// How files, messages and scripts call it.
  public let name: String
  /// The values it may take.
  public let domain: Domain
  /// The values that have a place in 0...1: those of `domain`, and those that were allowed before.
  public let frame: Domain
  /// The domain that `SpaceEdit.unfreeze` gives back; `nil` when the parameter is not frozen to one value.
  public let thawed: Domain?
  /// What trials count with that do not have the parameter although it exists for them; `nil` where there can be none.
  public let standard: Value?
  /// It exists only where this holds; `nil` means always.
  public let condition: Expression?
  /// Whether a running trial's value may be changed.
  public let isLive: Bool
  /// Whether the frame holds more than the domain.
  let isNarrowed: Bool

  /// A parameter; `SearchSpace` checks it against the others.
  /// - Parameters:
  ///   - frame: holds every value of `domain`; `nil` for the domain itself.
  ///   - standard: of the frame.
  public init(
    _ name: String, _ domain: Domain, when condition: Expression? = nil, isLive: Bool = false, frame: Domain? = nil, thawed: Domain? = nil,
    standard: Value? = nil
  ) {
    self.name = name
    self.domain = domain
    self.frame = frame ?? domain
    self.thawed = thawed
    self.standard = standard.map { (frame ?? domain).normalized($0) ?? $0 }
    self.condition = condition
    self.isLive = isLive
    isNarrowed = frame.map { $0 != domain } ?? false
  }

  /// The value it is frozen to; `nil` when it is not.
  public var frozen: Value? { thawed == nil ? nil : domain.value(atUnit: 0) }

  /// The same parameter with other values.
  func with(domain: Domain, frame: Domain, thawed: Domain? = nil) -> Parameter {
    Parameter(name, domain, when: condition, isLive: isLive, frame: frame, thawed: thawed, standard: standard)
  }
}

extension Parameter: Codable {
  private enum CodingKeys: CodingKey { case name, domain, frame, thawed, standard, condition, isLive }

  /// Reads what `encode` wrote, and what was written before parameters had frames.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode(String.self, forKey: .name), try container.decode(Domain.self, forKey: .domain),
      when: try container.decodeIfPresent(Expression.self, forKey: .condition), isLive: try container.decode(Bool.self, forKey: .isLive),
      frame: try container.decodeIfPresent(Domain.self, forKey: .frame),
      thawed: try container.decodeIfPresent(Domain.self, forKey: .thawed),
      standard: try container.decodeIfPresent(Value.self, forKey: .standard))
  }

  /// Writes the frame only where it is not the domain.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(domain, forKey: .domain)
    if isNarrowed { try container.encode(frame, forKey: .frame) }
    try container.encodeIfPresent(thawed, forKey: .thawed)
    try container.encodeIfPresent(standard, forKey: .standard)
    try container.encodeIfPresent(condition, forKey: .condition)
    try container.encode(isLive, forKey: .isLive)
  }
}
