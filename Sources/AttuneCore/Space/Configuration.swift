import AttuneValues

/// The values of one point of a search space. Parameters whose condition does not hold are absent.
public struct Configuration: Hashable, Sendable {
  /// Each present parameter's value by its name.
  public var values: [String: Value]

  /// A configuration; `SearchSpace.validate` says whether it belongs to a space.
  public init(_ values: [String: Value] = [:]) { self.values = values }

  /// A parameter's value; `nil` when it is absent.
  public subscript(name: String) -> Value? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// As a JSON object: what `{config}` files hold.
  public var json: JSON { .object(values.mapValues(\.json)) }
}

extension Configuration: Codable {
  /// Reads an object of scalars.
  public init(from decoder: any Decoder) throws { values = try [String: Value](from: decoder) }
  /// Writes an object of scalars.
  public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}

extension Configuration: CustomStringConvertible {
  /// `batch=32 learning_rate=0.01`, by name.
  public var description: String { values.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ") }
}
