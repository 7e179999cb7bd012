import AttuneCore
import AttuneValues

/// A value of the file with the name under which messages speak of it. Each reader gives the value in its type or the problem.
struct FileItem {
  /// `limits.trials`; empty for the whole file.
  let name: String
  let node: FileNode
  let path: String

  func problem(_ message: String) -> FileProblem { problem(message, at: node.place) }

  func problem(_ message: String, at place: FilePlace) -> FileProblem {
    FileProblem(path: path, place: place, message: name.isEmpty ? message : "\(name): \(message)")
  }

  /// `got X; allowed is Y`.
  func refusal(_ allowed: String) -> FileProblem {
    problem("got \(node.summary); allowed is \(allowed)\(node.isQuotedNumber ? ". Remove the quotes" : "")")
  }

  func child(_ key: String, _ node: FileNode) -> FileItem { FileItem(name: name.isEmpty ? key : "\(name).\(key)", node: node, path: path) }
}

extension FileItem {
  func text(_ allowed: String = "a text") throws(FileProblem) -> String {
    guard case .string(let text)? = node.value, text.contains(where: { !$0.isWhitespace }) else {
      if case .string? = node.value { throw problem("got an empty text; allowed is \(allowed)") }
      throw refusal(allowed)
    }
    return text
  }

  /// Any scalar as the text it was written as.
  func anyText() throws(FileProblem) -> String {
    guard case .scalar(let text, _) = node.content, !node.isNull else { throw refusal("a text") }
    return text
  }

  func scalar(_ allowed: String = "a number, a text, true or false") throws(FileProblem) -> Value {
    guard let value = node.value else { throw refusal(allowed) }
    return value
  }

  func flag() throws(FileProblem) -> Bool {
    guard case .bool(let flag)? = node.value else { throw refusal("true or false") }
    return flag
  }

  func number(_ allowed: String = "a number") throws(FileProblem) -> Double {
    switch node.value {
    case .int?, .float?:
      guard let number = node.value?.number, number.isFinite else { throw refusal("a finite number") }
      return number
    default: throw refusal(allowed)
    }
  }

  /// A whole number; `1e3` and `8.0` are whole too.
  func integer(_ allowed: String) throws(FileProblem) -> Int {
    guard let number = Self.integer(node.value) else { throw refusal(allowed) }
    return number
  }

  func count(from least: Int, or word: String? = nil) throws(FileProblem) -> Int {
    let allowed = "a whole number from \(least)" + (word.map { ", or \($0)" } ?? "")
    let number = try integer(allowed)
    guard number >= least else { throw refusal(allowed) }
    return number
  }

  /// Seconds.
  func duration(zeroAllowed: Bool = false) throws(FileProblem) -> Double {
    let allowed = DurationText.allowed + (zeroAllowed ? "" : ", above 0")
    guard case .scalar(let text, _) = node.content, let seconds = DurationText.seconds(text), seconds >= 0 else { throw refusal(allowed) }
    guard seconds > 0 || zeroAllowed else { throw refusal(allowed) }
    return seconds
  }

  /// One of the words of a closed set.
  func word<Word: RawRepresentable & CaseIterable>(_: Word.Type) throws(FileProblem) -> Word where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue)
    guard case .scalar(let text, _) = node.content else { throw refusal("one of \(words.joined(separator: ", "))") }
    if let word = Word(rawValue: text) { return word }
    let near = Nearest.match(text, among: words).map { ". Did you mean '\($0)'?" } ?? ""
    throw problem("got \(node.summary); allowed: \(words.joined(separator: ", "))\(near)")
  }

  func list(_ allowed: String) throws(FileProblem) -> [FileItem] {
    guard case .list(let nodes) = node.content else { throw refusal(allowed) }
    return nodes.map { FileItem(name: name, node: $0, path: path) }
  }

  func entries(_ allowed: String) throws(FileProblem) -> [FileNode.Entry] {
    guard case .mapping(let entries) = node.content else { throw refusal(allowed) }
    return entries
  }

  static func integer(_ value: Value?) -> Int? {
    switch value {
    case .int(let integer)?: integer
    case .float(let float)?: Int(exactly: float)
    default: nil
    }
  }
}
