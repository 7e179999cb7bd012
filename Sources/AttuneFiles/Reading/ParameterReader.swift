import AttuneCore
import AttuneValues

/// Reads one entry of `parameters`.
enum ParameterReader {
  static func read(_ name: String, _ item: FileItem) throws(FileProblem) -> (parameter: Parameter, note: ParameterNote) {
    let section = try FileSection(item, .parameter)
    guard let typeItem = try section.optional("type") else { throw item.problem("missing key 'type'; allowed: \(typeWords(section))") }
    let type = try typeItem.word(ParameterType.self)
    try refuseForeignKeys(section, type)
    let domain = try domain(type, section)
    let condition = try section.optional("when").map { item throws(FileProblem) in try ConditionReader.condition(item) } ?? nil
    let standard = try section.optional("default").map { item throws(FileProblem) in try item.scalar() } ?? nil
    let isLive = try section.optional("live")?.flag() ?? false
    let note = ParameterNote(unit: try section.optional("unit")?.text(), help: try section.optional("help")?.text())
    return (Parameter(name, domain, when: condition, isLive: isLive, standard: standard), note)
  }

  /// The types that fit what else is given.
  private static func typeWords(_ section: FileSection) -> String {
    let given = ["range", "values", "scale", "step"].filter { section.place(of: $0) != nil }
    return ParameterType.allCases.filter { type in given.allSatisfy(type.keys.contains) }.map(\.rawValue).joined(separator: ", ").nonEmpty
      ?? ParameterType.allCases.map(\.rawValue).joined(separator: ", ")
  }

  private static func refuseForeignKeys(_ section: FileSection, _ type: ParameterType) throws(FileProblem) {
    for key in ["range", "values", "scale", "step"] where !type.keys.contains(key) {
      guard let place = section.place(of: key) else { continue }
      let own = type.keys.isEmpty ? "needs nothing besides" : "takes \(type.keys.joined(separator: ", "))"
      throw section.item.problem("'\(key)' does not go with type \(type.rawValue), which \(own)", at: place)
    }
  }

  private static func domain(_ type: ParameterType, _ section: FileSection) throws(FileProblem) -> Domain {
    switch type {
    case .bool: return .bool
    case .choice: return .choice(try values(section))
    case .ordinal: return .ordinal(try values(section))
    case .float:
      let bounds = try bounds(section)
      let step = try section.optional("step")?.number("a number above 0")
      return .float(
        lower: try bounds.lower.number("a number"), upper: try bounds.upper.number("a number"), scale: try scale(section), step: step)
    case .int:
      let allowed = "a whole number, or use type float"
      let bounds = try bounds(section)
      let step = try section.optional("step")?.integer("a whole number above 0, or use type float")
      return .int(
        lower: try bounds.lower.integer(allowed), upper: try bounds.upper.integer(allowed), scale: try scale(section), step: step)
    }
  }

  private static func bounds(_ section: FileSection) throws(FileProblem) -> (lower: FileItem, upper: FileItem) {
    let range = try section.required("range")
    let allowed = "a list of two numbers, e.g. [0.0, 1.0]"
    let items = try range.list(allowed)
    guard items.count == 2 else {
      throw range.problem("got \(items.count == 1 ? "one bound" : "\(items.count) bounds"); allowed is \(allowed)")
    }
    return (items[0], items[1])
  }

  private static func scale(_ section: FileSection) throws(FileProblem) -> Scale {
    try section.optional("scale")?.word(Scale.self) ?? .linear
  }

  private static func values(_ section: FileSection) throws(FileProblem) -> [Value] {
    var values: [Value] = []
    for item in try section.required("values").list("a list, e.g. [sgd, adam]") { values.append(try item.scalar()) }
    return values
  }
}
