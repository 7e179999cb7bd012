import AttuneCore
import AttuneValues

/// Reads what concerns a trial's process: `command`, `directory`, `environment`, `metrics`, `threads`.
enum JobReader {
  static func command(_ item: FileItem) throws(FileProblem) -> [String] {
    guard case .list(let nodes) = item.node.content else {
      if case .string(let text)? = item.node.value {
        let words = CommandWords.split(text).map { YAMLText.scalar(.string($0)) }.joined(separator: ", ")
        throw item.problem("got a text; no shell is used, so write the words as a list: command: [\(words)]")
      }
      throw item.refusal("a list of texts, e.g. [python3, train.py, \"{config}\"]")
    }
    guard !nodes.isEmpty else { throw item.problem("got an empty list; the first word is the program to run") }
    var words: [String] = []
    for node in nodes { words.append(try word(FileItem(name: item.name, node: node, path: item.path))) }
    guard words[0].contains(where: { !$0.isWhitespace }) else { throw item.problem("the first word is empty; it is the program to run") }
    return words
  }

  /// Without quotes `{config}` is a mapping with one key and no value: by far the most frequent slip.
  private static func word(_ item: FileItem) throws(FileProblem) -> String {
    if case .mapping(let entries) = item.node.content, entries.count == 1, let entry = entries.first, entry.value.isNull {
      throw item.problem("{\(entry.key)} needs quotes here: \"{\(entry.key)}\"")
    }
    return try item.anyText()
  }

  /// Refuses a placeholder that is almost a parameter's name. Other braces may be the program's own: `{print}` is awk's.
  static func checkPlaceholders(of item: FileItem, _ space: SearchSpace) throws(FileProblem) {
    let names = ["config", "seed"] + space.parameters.map(\.name)
    for word in try item.list("a list of texts") {
      for match in try word.anyText().matches(of: /\{([\p{L}_][\p{L}\p{N}_.\-]*)\}/) {
        let name = String(match.output.1)
        guard !names.contains(name), let near = Nearest.match(name, among: names) else { continue }
        throw word.problem("{\(name)} is neither {config}, {seed} nor a parameter. Did you mean {\(near)}?")
      }
    }
  }

  static func environment(_ item: FileItem?) throws(FileProblem) -> [String: String] {
    guard let item else { return [:] }
    var environment: [String: String] = [:]
    for entry in try item.entries("a mapping of names to texts, e.g. {CUDA_VISIBLE_DEVICES: 0}") {
      guard !entry.key.isEmpty, !entry.key.contains("=") else {
        throw item.problem("'\(entry.key)' is no name of an environment variable; it must not be empty nor hold '='", at: entry.place)
      }
      environment[entry.key] = try item.child(entry.key, entry.value).anyText()
    }
    return environment
  }

  /// The pattern, checked, and whether results come as Auptimizer's scripts print them.
  static func metrics(_ item: FileItem?) throws(FileProblem) -> (pattern: String?, isAuptimizer: Bool) {
    guard let item else { return (nil, false) }
    let section = try FileSection(item, .metrics)
    var pattern: String?
    if let item = try section.optional("pattern") {
      let text = try item.text("a regular expression with named groups")
      try MetricsPattern.check(text, item)
      pattern = text
    }
    return (pattern, try section.optional("auptimizer")?.flag() ?? false)
  }

  /// `nil` leaves the environment alone.
  static func threads(_ item: FileItem?, slots: Int, cores: Int) throws(FileProblem) -> Int? {
    switch item?.node.value {
    case .string("inherit")?: nil
    case nil where item == nil, .string("auto")?: max(1, cores / slots)
    default: try item?.count(from: 1, or: "auto or inherit")
    }
  }
}
