import AttuneCore

/// A mapping of the file whose keys have been checked against their table.
struct FileSection {
  let item: FileItem
  let table: KeyTable
  private let entries: [FileNode.Entry]

  /// - Throws: the first unknown key with the nearest known one, or what stands there instead of a mapping.
  init(_ item: FileItem, _ table: KeyTable) throws(FileProblem) {
    entries = try item.entries("a mapping with the keys \(table.names.joined(separator: ", "))")
    for entry in entries where table.others == nil && !table.names.contains(entry.key) {
      throw item.problem("unknown key '\(entry.key)'\(Nearest.hint(entry.key, among: table.names))", at: entry.place)
    }
    self.item = item
    self.table = table
  }

  /// The key's value; `nil` when it is absent. `key:` with nothing behind it is refused.
  func optional(_ key: String) throws(FileProblem) -> FileItem? {
    precondition(table.names.contains(key), "'\(key)' is not in the table of \(table.section)")
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    let child = item.child(key, entry.value)
    guard !entry.value.isNull else {
      throw child.problem("nothing stands here; give a value, e.g. \(example(key)), or remove the key", at: entry.place)
    }
    return child
  }

  /// The key's value.
  func required(_ key: String) throws(FileProblem) -> FileItem {
    guard let child = try optional(key) else { throw item.problem("missing key '\(key)', e.g. \(example(key))") }
    return child
  }

  /// Where the key stands; `nil` when it is absent.
  func place(of key: String) -> FilePlace? { entries.first { $0.key == key }?.place }

  /// The entries whose keys the table does not name.
  var others: [FileNode.Entry] { entries.filter { !table.names.contains($0.key) } }

  private func example(_ key: String) -> String { table.keys.first { $0.name == key }?.example ?? key }
}
