import AttuneCore
import AttuneMath
import AttuneValues

/// Another experiment that this one is to learn from.
public struct WarmStartSource: Hashable, Sendable {
  /// The folder of its store, as an absolute path; `nil` for the store of this experiment.
  public let store: String?
  /// Its name or its number in the store; `nil` for the newest.
  public let experiment: String?
  /// Where the file says so.
  public let place: FilePlace
}

/// Reads what a search begins with and keeps to: `start_with`, `warm_start`, `duplicates`.
enum SearchReader {
  /// Points, checked as far as they are given: what they do not name is drawn when their turn comes.
  static func points(_ item: FileItem?, _ space: SearchSpace) throws(FileProblem) -> [Configuration] {
    guard let item else { return [] }
    var points: [Configuration] = []
    for point in try item.list("a list of mappings, e.g. [{learning_rate: 0.1}]") { points.append(try Self.point(point, space)) }
    return points
  }

  private static func point(_ item: FileItem, _ space: SearchSpace) throws(FileProblem) -> Configuration {
    var point = Configuration()
    for entry in try item.entries("a mapping of parameters to values, e.g. {learning_rate: 0.1}") {
      let child = item.child(entry.key, entry.value)
      guard let parameter = space[entry.key] else {
        throw item.problem("'\(entry.key)' is no parameter" + Nearest.hint(entry.key, among: space.parameters.map(\.name)), at: entry.place)
      }
      let given = try child.scalar()
      guard let value = parameter.domain.normalized(given) else {
        let near = Nearest.match(given.description, among: parameter.domain.words).map { ". Did you mean '\($0)'?" } ?? ""
        throw child.problem("got \(entry.value.summary); allowed: \(parameter.domain)\(near)")
      }
      point[entry.key] = value
    }
    guard !point.values.isEmpty else { throw item.problem("got an empty mapping; a point names at least one parameter") }
    var random = RandomStream(seed: 0, purpose: "start with", index: 0)
    do { _ = try space.sample(keeping: point, using: &random) } catch { throw item.problem("\(error)") }
    return point
  }

  static func warmStart(_ item: FileItem?) throws(FileProblem) -> [WarmStartSource] {
    guard let item else { return [] }
    let allowed = "a list of experiments, e.g. [digits, {store: ../before, experiment: digits}]"
    var sources: [WarmStartSource] = []
    for element in try item.list(allowed) {
      if case .mapping = element.node.content {
        let section = try FileSection(element, .warmStart)
        let store = try section.required("store").text("a folder")
        let experiment = try section.optional("experiment")?.anyText()
        sources.append(WarmStartSource(store: absolute(store, item), experiment: experiment, place: element.node.place))
      } else {
        let text = try element.anyText()
        let isFolder = text.contains("/")
        sources.append(
          WarmStartSource(store: isFolder ? absolute(text, item) : nil, experiment: isFolder ? nil : text, place: element.node.place))
      }
    }
    return sources
  }

  private static func absolute(_ path: String, _ item: FileItem) -> String {
    FilePath.absolute(path, from: FilePath.directory(of: item.path))
  }
}

extension Domain {
  /// Its values as words, where there are few.
  fileprivate var words: [String] { (count ?? .max) <= 100 ? (values ?? []).map(\.description) : [] }
}
