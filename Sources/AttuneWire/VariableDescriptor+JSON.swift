import AttuneValues

extension VariableDescriptor {
  /// The members that differ from the defaults, and always the tag and the type.
  public var json: JSON {
    var members: [String: JSON] = ["tag": .string(tag), "type": .string(kind.rawValue)]
    if minimum != nil || maximum != nil {
      members["range"] = .array([minimum.map(JSON.float) ?? .null, maximum.map(JSON.float) ?? .null])
    }
    if !choices.isEmpty { members["choices"] = .array(choices.map(\.json)) }
    if scale != .linear { members["scale"] = .string(scale.rawValue) }
    if let step { members["step"] = .float(step) }
    if let unit { members["unit"] = .string(unit) }
    if let help { members["help"] = .string(help) }
    if let group { members["group"] = .string(group) }
    if applies != .immediately { members["applies"] = .string(applies.rawValue) }
    return .object(members)
  }

  /// Reads a description.
  /// - Throws: `WireFailure` with `.invalidParameters` when the tag or the type is missing or unknown.
  public init(json: JSON) throws(WireFailure) {
    guard let tag = json["tag"]?.string, let kind = json["type"]?.string.flatMap(Kind.init) else {
      throw WireFailure(.invalidParameters, "a variable needs a \"tag\" and a \"type\" (bool, int, float, string or choice)")
    }
    let range = json["range"]?.array ?? []
    self.init(
      tag: tag, kind: kind, minimum: range.first?.double, maximum: range.dropFirst().first?.double,
      choices: json["choices"]?.array?.compactMap(Value.init(json:)) ?? [],
      scale: json["scale"]?.string.flatMap(Scale.init) ?? .linear, step: json["step"]?.double, unit: json["unit"]?.string,
      help: json["help"]?.string, group: json["group"]?.string,
      applies: json["applies"]?.string.flatMap(Applies.init) ?? .immediately)
  }
}
