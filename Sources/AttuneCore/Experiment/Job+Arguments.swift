import AttuneValues

extension Job {
  /// The argument vector for a configuration: every `{config}`, `{seed}` and `{name}` filled in. The name of a parameter that is absent from
  /// the configuration becomes nothing, a parameter's name goes before `seed`; braces around anything else stay as they are.
  public func arguments(for configuration: Configuration, in space: SearchSpace, configurationPath: String, seed: UInt32) -> [String] {
    let names = Set(space.parameters.map(\.name))
    return command.map { word in
      Self.filling(word) { name in
        if name == "config" { return configurationPath }
        if name == "seed", !names.contains(name) { return String(seed) }
        guard names.contains(name) else { return nil }
        return configuration[name]?.description ?? ""
      }
    }
  }

  /// Replaces each `{name}` by what `value` gives for it, in one pass: a value that holds braces is not looked at again.
  private static func filling(_ word: String, value: (String) -> String?) -> String {
    var output = ""
    var rest = Substring(word)
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      let name = String(rest[rest.index(after: open)..<close])
      if let text = value(name) {
        output += rest[..<open] + text
        rest = rest[rest.index(after: close)...]
      } else {
        output += rest[...open]
        rest = rest[rest.index(after: open)...]
      }
    }
    return output + rest
  }
}
