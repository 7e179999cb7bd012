import AttuneValues

/// Scalars as YAML that reads back as the same value.
enum YAMLText {
  static func scalar(_ value: Value) -> String {
    switch value {
    case .bool(let flag): String(flag)
    case .int(let integer): String(integer)
    case .float(let float): float.isFinite ? float.description : float.isNaN ? ".nan" : float > 0 ? ".inf" : "-.inf"
    case .string(let text): isPlain(text) ? text : quoted(text)
    }
  }

  static func list(_ values: [Value]) -> String { "[\(values.map(scalar).joined(separator: ", "))]" }

  /// `{a: 1, b: x}`, in the order given.
  static func mapping(_ entries: [(key: String, value: String)]) -> String {
    "{\(entries.map { "\(scalar(.string($0.key))): \($0.value)" }.joined(separator: ", "))}"
  }

  /// Whether the word needs no quotes anywhere in YAML, and no reader, old or new, takes it for anything but a text.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic || "_/.".unicodeScalars.contains(first) else {
      return false
    }
    let isSimple = text.unicodeScalars.allSatisfy {
      $0.isASCII && ($0.properties.isAlphabetic || "_/.-0123456789".unicodeScalars.contains($0))
    }
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", ".inf", ".nan", "nan", "inf"]
    return isSimple && FileNode.resolve(text) == .string(text) && !words.contains(text.lowercased())
  }

  private static func quoted(_ text: String) -> String {
    var output = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": output += "\\\(scalar)"
      case "\n": output += "\\n"
      case "\t": output += "\\t"
      default:
        let isPrintable =
          (0x20..<0x7F).contains(scalar.value) || scalar.value >= 0xA0 && ![0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF].contains(scalar.value)
        if isPrintable {
          output.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16)
          output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return output + "\""
  }
}
