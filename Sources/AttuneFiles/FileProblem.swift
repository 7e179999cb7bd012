/// A place in a text file.
public struct FilePlace: Hashable, Sendable {
  /// From 1.
  public let line: Int
  /// From 1, in characters of the file.
  public let column: Int

  /// That line and column.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// What is wrong with a file, and where: one line for a person.
public struct FileProblem: Error, Hashable, Sendable {
  /// The file, as the person named it.
  public let path: String
  /// Where in it; `nil` when the file could not be read at all.
  public let place: FilePlace?
  /// What stood there and what is allowed, on one line.
  public let message: String

  /// A problem. Line ends in the message, which texts quoted from the file may have, become spaces.
  public init(path: String, place: FilePlace? = nil, message: String) {
    self.path = path
    self.place = place
    self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// From 1; `nil` when the file could not be read at all.
  public var line: Int? { place?.line }
  /// From 1; `nil` when the file could not be read at all.
  public var column: Int? { place?.column }
}

extension FileProblem: CustomStringConvertible {
  /// `digits.yaml:7:18: parameters.momentum: unknown key 'rnage'. Did you mean 'range'?`
  public var description: String {
    let position = place.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(path)\(position): \(message)"
  }
}
