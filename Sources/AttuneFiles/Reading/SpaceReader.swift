import AttuneCore
import AttuneValues

/// What a parameter's entry says for people only.
public struct ParameterNote: Hashable, Sendable {
  /// What the value is measured in.
  public let unit: String?
  /// What it does.
  public let help: String?

  /// What is known of it.
  public init(unit: String? = nil, help: String? = nil) {
    self.unit = unit
    self.help = help
  }
}

/// Reads `parameters` and `constraints`, and puts what makes them no search space at its line.
struct SpaceReader {
  private let parameters: FileItem
  private let constraints: FileItem?
  private(set) var notes: [String: ParameterNote] = [:]

  init(parameters: FileItem, constraints: FileItem?) {
    self.parameters = parameters
    self.constraints = constraints
  }

  mutating func read() throws(FileProblem) -> SearchSpace {
    let entries = try parameters.entries("a mapping of names to parameters, e.g. {learning_rate: {type: float, range: [1e-5, 1.0]}}")
    var read: [Parameter] = []
    for entry in entries {
      let (parameter, note) = try ParameterReader.read(entry.key, parameters.child(entry.key, entry.value))
      read.append(parameter)
      if note.unit != nil || note.help != nil { notes[entry.key] = note }
    }
    var formulas: [Expression] = []
    for item in try constraints?.list("a list of expressions, e.g. [\"batch * hidden <= 16384\"]") ?? [] {
      formulas.append(try ConditionReader.expression(item))
    }
    let space: SearchSpace
    do { space = try SearchSpace(read, constraints: formulas) } catch { throw located(error, entries) }
    try refuseImpossibleConditions(entries, space)
    return space
  }

  /// A condition on a value its parameter never takes is a typing mistake that would hide the parameter for ever.
  private func refuseImpossibleConditions(_ entries: [FileNode.Entry], _ space: SearchSpace) throws(FileProblem) {
    for entry in entries {
      guard let when = entry.value["when"] else { continue }
      let item = parameters.child(entry.key, entry.value).child("when", when)
      for (name, value, place) in try ConditionReader.comparedValues(item) {
        guard let domain = space[name]?.domain, !domain.contains(value) else { continue }
        let words = (domain.count ?? 0) <= 100 ? (domain.values ?? []).map(\.description) : []
        let near = Nearest.match(value.description, among: words).map { ". Did you mean '\($0)'?" } ?? ""
        throw place.problem("got \(place.node.summary); '\(name)' takes \(domain)\(near)")
      }
    }
  }

  private func located(_ error: SpaceError, _ entries: [FileNode.Entry]) -> FileProblem {
    func problem(_ place: FilePlace) -> FileProblem { FileProblem(path: parameters.path, place: place, message: error.description) }
    switch error {
    case .unknownInConstraint(let text, _, _):
      let elements = try? constraints?.list("").first { $0.node.value == .string(text) }
      return problem(elements?.node.place ?? parameters.node.place)
    case .circularCondition(let names):
      return problem(entries.first { names.contains($0.key) }?.value["when"]?.place ?? parameters.node.place)
    default:
      guard let entry = entries.first(where: { $0.key == error.subject }) else { return problem(parameters.node.place) }
      return problem(Self.key(of: error).flatMap { entry.value[$0]?.place } ?? entry.place)
    }
  }

  /// The key of a parameter that an error is about.
  private static func key(of error: SpaceError) -> String? {
    switch error {
    case .emptyRange, .notFinite, .nonPositiveLogBound: "range"
    case .badStep: "step"
    case .noValues, .duplicateValue: "values"
    case .unknownInCondition: "when"
    case .valueNotAllowed: "default"
    default: nil
    }
  }
}
