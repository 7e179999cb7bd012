import AttuneCore
import AttuneValues

/// Reads `parameter_config`: a list of `{name, type, range}`, for a grid also `interval` or `n`.
struct AuptimizerParameters {
  private static let keys = ["name", "type", "range", "interval", "n", "size"]

  /// Only a grid looks at `interval` and `n`.
  let isGrid: Bool
  private(set) var remarks: [FileProblem] = []

  init(isGrid: Bool) { self.isGrid = isGrid }

  mutating func read(_ item: FileItem) throws(FileProblem) -> SearchSpace {
    let items = try item.list("a list, e.g. [{\"name\": \"x\", \"type\": \"float\", \"range\": [0, 1]}]")
    var parameters: [Parameter] = []
    for entry in items { parameters.append(try parameter(entry)) }
    do {
      return try SearchSpace(parameters)
    } catch {
      let subject = items.last { $0.node["name"]?.value?.description == error.subject }
      throw FileProblem(path: item.path, place: (subject ?? item).node.place, message: error.description)
    }
  }

  private mutating func parameter(_ item: FileItem) throws(FileProblem) -> Parameter {
    let entries = try item.entries("a mapping with name, type and range")
    guard let nameNode = item.node["name"] else { throw item.problem("missing key 'name'") }
    let name = try item.child("name", nameNode).anyText()
    let named = FileItem(name: "\(item.name).\(name)", node: item.node, path: item.path)
    guard name != "job_id" else { throw named.problem("the name is reserved: every configuration gets a job_id", at: nameNode.place) }
    for entry in entries where !Self.keys.contains(entry.key) {
      remarks.append(named.problem("unknown key '\(entry.key)' has no effect\(Nearest.hint(entry.key, among: Self.keys))", at: entry.place))
    }
    if let size = item.node["size"], FileItem.integer(size.value) != 1 {
      throw named.child("size", size).refusal("1; a parameter is a single value")
    }
    return Parameter(name, try domain(named))
  }

  private func domain(_ item: FileItem) throws(FileProblem) -> Domain {
    let type = item.node["type"].map { item.child("type", $0) }
    switch try type?.text("float, int or choice").lowercased() ?? "int" {
    case "choice": return .choice(try choices(item))
    case "int":
      let (lower, upper) = try bounds(item, "two whole numbers")
      guard let lower = Int(exactly: lower), let upper = Int(exactly: upper) else {
        throw (item.node["range"].map { item.child("range", $0) } ?? item).problem("the bounds of an int are whole numbers")
      }
      return try int(lower, upper, item)
    case "float":
      let (lower, upper) = try bounds(item, "two numbers")
      return try float(lower, upper, item)
    default: throw type?.refusal("float, int or choice") ?? item.refusal("float, int or choice")
    }
  }

  private func choices(_ item: FileItem) throws(FileProblem) -> [Value] {
    guard let range = item.node["range"] else { return [0, 1] }
    var values: [Value] = []
    for element in try item.child("range", range).list("a list of values") { values.append(try element.scalar()) }
    return values
  }

  /// Auptimizer's default is 0 to 1, and it takes bounds in either order.
  private func bounds(_ item: FileItem, _ allowed: String) throws(FileProblem) -> (lower: Double, upper: Double) {
    guard let range = item.node["range"] else { return (0, 1) }
    let list = item.child("range", range)
    let items = try list.list("a list of \(allowed)")
    guard items.count == 2 else { throw list.problem("got \(items.count) elements; allowed is a list of \(allowed)") }
    let first = try items[0].number(), second = try items[1].number()
    return (min(first, second), max(first, second))
  }

  /// `interval` goes before `n`; without either a grid steps by 1. An interval wider than the range leaves the lower bound alone.
  private func interval(_ item: FileItem, width: Double) throws(FileProblem) -> Double? {
    guard isGrid else { return nil }
    if let interval = item.node["interval"] {
      let child = item.child("interval", interval)
      let number = try child.number("a number above 0")
      guard number > 0 else { throw child.refusal("a number above 0") }
      return number
    }
    guard let node = item.node["n"] else { return 1 }
    return width / Double(try item.child("n", node).count(from: 2) - 1)
  }

  private func int(_ lower: Int, _ upper: Int, _ item: FileItem) throws(FileProblem) -> Domain {
    guard let interval = try interval(item, width: Double(upper) - Double(lower)) else { return .int(lower: lower, upper: upper) }
    let step = Int(exactly: interval.rounded(.down)).map { max(1, $0) } ?? 1
    guard Double(step) <= Double(upper) - Double(lower) else { return .ordinal([.int(lower)]) }
    return .int(lower: lower, upper: upper, step: step == 1 ? nil : step)
  }

  private func float(_ lower: Double, _ upper: Double, _ item: FileItem) throws(FileProblem) -> Domain {
    guard let step = try interval(item, width: upper - lower) else { return .float(lower: lower, upper: upper) }
    guard step <= upper - lower, step > 0 else { return .ordinal([.float(lower)]) }
    return .float(lower: lower, upper: upper, step: step)
  }
}
