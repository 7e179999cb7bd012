import Yams

/// Turns YAML or JSON text into a `FileNode`, bounded in depth and size whatever the file holds.
struct YAMLReader {
  private static let deepest = 64
  private static let largestCount = 50_000

  private let path: String
  private var count = 0

  /// - Throws: `FileProblem` with a line of the file.
  static func read(_ text: String, path: String) throws(FileProblem) -> FileNode {
    var reader = YAMLReader(path: path)
    try reader.refuseUnfoldingKeys(text)
    let isJSON = path.hasSuffix(".json")
    let root: Node?
    do {
      root = try Yams.compose(yaml: isJSON ? JSONText.yaml(from: text) : text, .basic, .default, .utf8)
    } catch {
      throw YAMLProblem(text: text, path: path).problem(error)
    }
    guard let root else {
      throw reader.problem(
        FilePlace(line: 1, column: 1), "the file is empty; an experiment needs at least command, objective and parameters")
    }
    return try reader.convert(root, depth: 0)
  }

  private init(path: String) { self.path = path }

  private func problem(_ place: FilePlace, _ message: String) -> FileProblem { FileProblem(path: path, place: place, message: message) }

  /// The parser unfolds keys to compare them: a few aliases of aliases in a key would keep it busy for ever. It bounds depth itself.
  private func refuseUnfoldingKeys(_ text: String) throws(FileProblem) {
    guard text.count(where: { $0 == "*" }) > 8 else { return }
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let isKey =
        line.prefix { " -?:".contains($0) }.contains("?") || line.contains(/[\]}]\s*:(\s|$)|\*[^\s,\[\]{}]+\s*:(\s|$)|[{,]\s*\?\s/)
      if isKey { throw problem(FilePlace(line: index + 1, column: 1), "a key must be a word; this one is an alias or a collection") }
    }
  }

  private mutating func convert(_ node: Node, depth: Int) throws(FileProblem) -> FileNode {
    let place = node.mark.map(FilePlace.init) ?? FilePlace(line: 1, column: 1)
    count += 1
    guard count <= Self.largestCount else {
      throw problem(place, "more than \(Self.largestCount) values, aliases unfolded; is this the experiment file?")
    }
    guard depth < Self.deepest else { throw problem(place, "nested deeper than \(Self.deepest) levels") }
    let tag = Self.tag(node)
    guard tag.isEmpty || tag == "!" || tag.hasPrefix("tag:yaml.org,2002:") else {
      throw problem(place, "the tag '\(tag)' is not known here; remove it")
    }
    switch node {
    case .scalar(let scalar):
      let isString = scalar.tag.rawValue.hasSuffix(":str")
      return FileNode(content: .scalar(scalar.string, isPlain: scalar.style == .plain && !isString), place: place)
    case .sequence(let sequence):
      var elements: [FileNode] = []
      for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
      return FileNode(content: .list(elements), place: place)
    case .mapping(let mapping):
      return FileNode(content: .mapping(try entries(mapping, depth: depth)), place: place)
    case .alias:
      throw problem(place, "an alias stands here that names nothing")
    }
  }

  private static func tag(_ node: Node) -> String {
    switch node {
    case .scalar(let scalar): scalar.tag.rawValue
    case .sequence(let sequence): sequence.tag.rawValue
    case .mapping(let mapping): mapping.tag.rawValue
    case .alias: ""
    }
  }

  /// The mapping's own entries, then those that `<<` brings and that it does not have itself.
  private mutating func entries(_ mapping: Node.Mapping, depth: Int) throws(FileProblem) -> [FileNode.Entry] {
    var own: [FileNode.Entry] = []
    var merged: [FileNode.Entry] = []
    for (key, value) in mapping {
      let place = key.mark.map(FilePlace.init) ?? FilePlace(line: 1, column: 1)
      guard case .scalar(let scalar) = key else { throw problem(place, "a key must be a word; this one is a list or a mapping") }
      let node = try convert(value, depth: depth + 1)
      if scalar.string == "<<", scalar.style == .plain {
        merged += try mergedEntries(node)
      } else {
        own.append(FileNode.Entry(key: scalar.string, place: place, value: node))
      }
    }
    for entry in merged where !own.contains(where: { $0.key == entry.key }) { own.append(entry) }
    return own
  }

  private func mergedEntries(_ node: FileNode) throws(FileProblem) -> [FileNode.Entry] {
    switch node.content {
    case .mapping(let entries): return entries
    case .list(let nodes):
      var entries: [FileNode.Entry] = []
      for node in nodes { entries += try mergedEntries(node) }
      return entries
    case .scalar: throw problem(node.place, "'<<' merges mappings; got \(node.summary)")
    }
  }
}
