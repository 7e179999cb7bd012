import AttuneCore
import AttuneValues
import Foundation

/// A line of a list that is no configuration.
public struct ConfigurationListError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The list's name.
  public let file: String
  /// The line, from 1.
  public let line: Int
  /// What is wrong with it.
  public let message: String

  /// `points.csv:3: …`.
  public var description: String { "\(file):\(line): \(message)" }
}

/// Configurations as people write them down: JSON lines, or a table of comma-separated values whose first line has the names.
///
/// In JSON lines each line is an object, `{"lr": 0.1, "solver": "sgd"}`. In a table an empty cell is a parameter that the configuration does
/// not have, and a cell may stand in double quotes. Empty lines are passed over.
public struct ConfigurationList: Hashable, Sendable {
  /// One configuration, not yet compared to a space.
  private struct Entry: Hashable, Sendable {
    let line: Int
    let values: [String: Value]
    /// A table does not tell a text from a number.
    let isTyped: Bool
  }

  private let name: String
  private let entries: [Entry]

  /// Reads a list.
  /// - Parameter name: what errors call it; a name that ends in `.csv` is a table.
  /// - Throws: the first line that cannot be read.
  public init(_ text: String, name: String) throws(ConfigurationListError) {
    self.name = name
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().map { ($0.offset + 1, $0.element) }
    let full = lines.filter { !$0.1.allSatisfy(\.isWhitespace) }
    entries = name.lowercased().hasSuffix(".csv") ? try Self.table(full, name) : try Self.objects(full, name)
  }

  /// How many there are.
  public var count: Int { entries.count }

  init(_ path: String) throws(AlgorithmError) {
    func refusal(_ reason: String) -> AlgorithmError {
      .badOption(algorithm: "sequence", option: "file", value: .string(path), allowed: "a file of configurations; \(reason)")
    }
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      guard let text = String(validating: data, as: UTF8.self) else { throw refusal("this one is not UTF-8") }
      self = try ConfigurationList(text, name: path)
    } catch let error as AlgorithmError {
      throw error
    } catch let error as ConfigurationListError {
      throw refusal("\(error)")
    } catch {
      throw refusal(error.localizedDescription)
    }
  }

  /// The list as configurations of a space.
  /// - Parameter start: how many are passed over unchecked, because they are done.
  /// - Throws: the first that the space does not hold.
  func configurations(in space: SearchSpace, from start: Int) throws(ConfigurationListError) -> [Configuration] {
    var found: [Configuration] = []
    for (index, entry) in entries.enumerated() {
      let given = Configuration(entry.isTyped ? entry.values : Self.read(entry, in: space))
      do { found.append(try space.validate(given)) } catch  where index < start {
        found.append(given)
      } catch {
        throw ConfigurationListError(file: name, line: entry.line, message: "\(error)")
      }
    }
    return found
  }

  /// Cells as the parameters of those names understand them.
  private static func read(_ entry: Entry, in space: SearchSpace) -> [String: Value] {
    var values = entry.values
    for (name, cell) in entry.values {
      guard case .string(let text) = cell, let domain = space[name]?.domain, !domain.contains(cell) else { continue }
      values[name] = Value(typed: text)
    }
    return values
  }
}

extension ConfigurationList {
  private static func objects(_ lines: [(Int, Substring)], _ name: String) throws(ConfigurationListError) -> [Entry] {
    try lines.map { line, text throws(ConfigurationListError) in
      let json: JSON
      do { json = try JSON(parsing: String(text)) } catch { throw ConfigurationListError(file: name, line: line, message: "\(error)") }
      guard let object = json.object else {
        throw ConfigurationListError(file: name, line: line, message: "an object such as {\"lr\": 0.1} was expected; got \(json.text)")
      }
      var values: [String: Value] = [:]
      for (key, value) in object where value != .null {
        guard let value = Value(json: value) else {
          throw ConfigurationListError(file: name, line: line, message: "'\(key)' must be a single value; got \(value.text)")
        }
        values[key] = value
      }
      return Entry(line: line, values: values, isTyped: true)
    }
  }

  private static func table(_ lines: [(Int, Substring)], _ name: String) throws(ConfigurationListError) -> [Entry] {
    guard let head = lines.first else { return [] }
    let columns = try cells(head.1, name, head.0)
    if let twice = columns.first(where: { column in columns.count { $0 == column } > 1 }) {
      throw ConfigurationListError(file: name, line: head.0, message: "two columns are called '\(twice)'")
    }
    return try lines.dropFirst().map { line, text throws(ConfigurationListError) in
      let cells = try cells(text, name, line)
      guard cells.count == columns.count else {
        throw ConfigurationListError(file: name, line: line, message: "\(cells.count) cells under \(columns.count) names")
      }
      let pairs = zip(columns, cells).filter { !$0.1.isEmpty }
      return Entry(line: line, values: Dictionary(pairs.map { ($0, .string($1)) }) { first, _ in first }, isTyped: false)
    }
  }

  /// RFC 4180, without line ends inside of quotes.
  private static func cells(_ line: Substring, _ name: String, _ number: Int) throws(ConfigurationListError) -> [String] {
    var cells = [""]
    var isQuoted = false
    var rest = line
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"": cells[cells.count - 1].append(rest.removeFirst())
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
    }
    guard !isQuoted else { throw ConfigurationListError(file: name, line: number, message: "a quote is not closed") }
    return cells.map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
