import Yams

/// Says in one line what the YAML parser found, with a hint where its words alone do not help.
struct YAMLProblem {
  let text: String
  let path: String

  func problem(_ error: any Error) -> FileProblem {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _), YamlError.parser(let context, let problem, let mark, _):
      return syntax(problem, context, FilePlace(mark))
    case YamlError.composer(_, let problem, let mark, _):
      let isAlias = problem.contains("alias")
      return at(
        FilePlace(mark),
        isAlias ? "this alias names no anchor (&name) that stands before it" : "a second document begins here; an experiment file holds one"
      )
    case YamlError.duplicatedKeysInMapping(let names, let context):
      return duplicate(names.first ?? "", first: FilePlace(context.mark))
    default:
      return at(FilePlace(line: 1, column: 1), "not YAML: \(error)")
    }
  }

  private func syntax(_ problem: String, _ context: YamlError.Context?, _ place: FilePlace) -> FileProblem {
    if problem.hasPrefix("Maximum nesting") { return at(place, "nested deeper than 64 levels") }
    let character = character(at: place)
    let hint =
      switch problem {
      case _ where character == "\t": ". A tab cannot indent here; use spaces"
      case "mapping values are not allowed in this context":
        ". A text with ': ' in it needs quotes, and keys of one mapping the same indentation"
      case "found character that cannot start any token": ". A text that begins with '\(character ?? " ")' needs quotes"
      case "found unknown escape character": ". In \"…\" a backslash is doubled; '…' takes it as it is"
      case "did not find expected key": ". Keys of one mapping need the same indentation"
      default: ""
      }
    let within = context.map { $0.mark.line == place.line ? " \($0.text)" : " \($0.text) that begins in line \($0.mark.line)" } ?? ""
    return at(place, "not YAML: \(problem)\(within)\(hint)")
  }

  /// The parser tells where the key stands first; the line to look at is the second.
  private func duplicate(_ name: String, first: FilePlace) -> FileProblem {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for index in lines.indices.dropFirst(first.line - 1) {
      let start = index == first.line - 1 ? first.column - 1 + name.count : 0
      guard let column = Self.keyColumn(name, in: lines[index], from: start) else { continue }
      return at(
        FilePlace(line: index + 1, column: column),
        "'\(name)' stands here a second time; the first is in line \(first.line). Names must be unique")
    }
    return at(first, "'\(name)' stands twice in this mapping; names must be unique")
  }

  /// The column of `name` as a key, quoted or not, from 1.
  private static func keyColumn(_ name: String, in line: Substring, from start: Int) -> Int? {
    let characters = Array(line.unicodeScalars), word = Array(name.unicodeScalars)
    let breaks: Set<Unicode.Scalar> = [" ", "{", ",", "\"", "'", "\t", "-"]
    guard !word.isEmpty, characters.count >= word.count else { return nil }
    for column in 0...(characters.count - word.count) where column >= start {
      guard characters[column..<(column + word.count)].elementsEqual(word), column == 0 || breaks.contains(characters[column - 1]) else {
        continue
      }
      let rest = characters[(column + word.count)...].drop { $0 == "\"" || $0 == "'" }.drop { $0 == " " }
      if rest.first == ":" { return column + 1 }
    }
    return nil
  }

  private func character(at place: FilePlace) -> Character? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard lines.indices.contains(place.line - 1) else { return nil }
    return lines[place.line - 1].dropFirst(place.column - 1).first
  }

  /// The parser places some problems behind the last line; a person looks at the last one.
  private func at(_ place: FilePlace, _ message: String) -> FileProblem {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
    if text.last?.isNewline == true, lines > 1 { lines -= 1 }
    let isBehind = place.line > lines
    return FileProblem(
      path: path, place: FilePlace(line: isBehind ? lines : place.line, column: isBehind ? 1 : place.column), message: message)
  }
}

extension FilePlace {
  /// Where the parser saw something.
  init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}
