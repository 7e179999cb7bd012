extension JSON {
  /// The document on one line, members in the order of their names, so that equal documents have equal text.
  public var text: String {
    var output: [UInt8] = []
    output.reserveCapacity(128)
    write(to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Appends the document's UTF-8 to `output`: what a socket sends.
  public func write(to output: inout [UInt8]) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
    case .int(let integer): output.append(contentsOf: String(integer).utf8)
    case .float(let float): Self.writeNumber(float, to: &output)
    case .string(let text): Self.writeString(text, to: &output)
    case .array(let elements): Self.writeList(elements, between: ("[", "]"), to: &output) { element, output in element.write(to: &output) }
    case .object(let members):
      Self.writeList(members.sorted { $0.key < $1.key }, between: ("{", "}"), to: &output) { member, output in
        Self.writeString(member.key, to: &output)
        output.append(UInt8(ascii: ":"))
        member.value.write(to: &output)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], between brackets: (Unicode.Scalar, Unicode.Scalar), to output: inout [UInt8],
    each write: (Element, inout [UInt8]) -> Void
  ) {
    output.append(UInt8(ascii: brackets.0))
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      write(element, &output)
    }
    output.append(UInt8(ascii: brackets.1))
  }

  private static func writeNumber(_ value: Double, to output: inout [UInt8]) {
    guard value.isFinite else { return JSON.number(value).write(to: &output) }
    output.append(contentsOf: value.description.utf8)
  }

  private static func writeString(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case UInt8(ascii: "\n"): output.append(contentsOf: "\\n".utf8)
      case 0..<0x20: output.append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
