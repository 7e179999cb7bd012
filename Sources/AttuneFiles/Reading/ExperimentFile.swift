import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An experiment file that has been read and found sound: YAML, JSON, or Auptimizer's `experiment.json`.
///
/// Whether the words after `proposer` and `scheduler` are known, and whether the command exists, is not checked here; who knows
/// reports it at the right line with `problem(at:_:)`.
public struct ExperimentFile: Sendable {
  /// The file, as the person named it.
  public let path: String
  /// What it says.
  public let definition: ExperimentDefinition
  /// Units and help texts of the parameters that have any, by name.
  public let notes: [String: ParameterNote]
  /// Other experiments to learn from. Who has the store puts what they found into the definition.
  public let warmStart: [WarmStartSource]
  /// What was read but has no effect here, each a line for a person; only Auptimizer's files have any.
  public let remarks: [FileProblem]
  /// Where each value stands, by its dotted name: `proposer`, `limits.trials`, `parameters.momentum.range`.
  let places: [String: FilePlace]

  init(
    path: String, definition: ExperimentDefinition, notes: [String: ParameterNote] = [:], warmStart: [WarmStartSource] = [],
    remarks: [FileProblem] = [], places: [String: FilePlace]
  ) {
    self.path = path
    self.definition = definition
    self.notes = notes
    self.warmStart = warmStart
    self.remarks = remarks
    self.places = places
  }

  /// Reads and checks a file.
  /// - Throws: `FileProblem`, the first one found.
  public static func load(path: String) throws(FileProblem) -> ExperimentFile { try parse(text: TextFile.read(path), path: path) }

  /// Reads and checks a file's text.
  /// - Parameters:
  ///   - path: where the text comes from; relative paths in it begin there, and `.json` makes it JSON.
  ///   - cores: of this machine; what `auto` slots and threads are made from.
  /// - Throws: `FileProblem`, the first one found, with a line within the text.
  public static func parse(text: String, path: String, cores: Int = machineCores) throws(FileProblem) -> ExperimentFile {
    precondition(cores >= 1, "a machine has at least one core; got \(cores)")
    let text = try TextFile.text(of: Array(text.utf8)[...], path: path)
    let root = FileItem(name: "", node: try YAMLReader.read(text, path: path), path: path)
    guard case .mapping = root.node.content else {
      throw root.problem("the file holds \(root.node.summary); allowed is a mapping with keys such as command, objective and parameters")
    }
    if root.node[AuptimizerFile.mark] != nil {
      var file = AuptimizerFile(root)
      return try file.read()
    }
    return try ExperimentReader(root, cores: cores).read()
  }

  /// A problem that somebody else found with a value of this file, at its line.
  /// - Parameter key: a dotted name; of one that the file does not have, the nearest enclosing one is used.
  public func problem(at key: String, _ message: String) -> FileProblem {
    var name = key[...]
    while places[String(name)] == nil, let dot = name.lastIndex(of: ".") { name = name[..<dot] }
    return FileProblem(path: path, place: place(of: String(name)) ?? FilePlace(line: 1, column: 1), message: message)
  }

  /// Where a value stands; `nil` when the file does not have it.
  /// - Parameter key: its dotted name, e.g. `limits.trials`.
  public func place(of key: String) -> FilePlace? { places[key] }

  /// Cores that are online.
  public static var machineCores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The places of all values below a node, by dotted name.
  static func places(in item: FileItem) -> [String: FilePlace] {
    guard case .mapping(let entries) = item.node.content else { return [:] }
    var places: [String: FilePlace] = [:]
    for entry in entries {
      let child = item.child(entry.key, entry.value)
      places[child.name] = entry.value.place
      places.merge(Self.places(in: child)) { first, _ in first }
    }
    return places
  }
}
