/// Makes JSON text readable as YAML, of which it is almost a subset.
enum JSONText {
  /// Tabs between values become spaces, since YAML does not indent by tabs; an escaped surrogate pair becomes one escape, since YAML
  /// knows no pairs. Lines stay where they are, and columns too except behind a pair.
  static func yaml(from text: String) -> String {
    let bytes = Array(text.utf8)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var position = 0
    var isInString = false
    while position < bytes.count {
      let byte = bytes[position]
      if isInString, byte == UInt8(ascii: "\\") {
        if let scalar = pair(bytes, at: position) {
          let digits = String(scalar, radix: 16)
          output += Array("\\U\(String(repeating: "0", count: 8 - digits.count))\(digits)".utf8)
          position += 12
        } else {
          output += bytes[position..<min(position + 2, bytes.count)]
          position += 2
        }
        continue
      }
      if byte == UInt8(ascii: "\"") { isInString.toggle() }
      output.append(byte == 0x09 && !isInString ? 0x20 : byte)
      position += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The scalar written as `\ud83d\ude00` from `position` on.
  private static func pair(_ bytes: [UInt8], at position: Int) -> UInt32? {
    guard let high = codeUnit(bytes, at: position), (0xD800..<0xDC00).contains(high),
      let low = codeUnit(bytes, at: position + 6), (0xDC00..<0xE000).contains(low)
    else { return nil }
    return 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  private static func codeUnit(_ bytes: [UInt8], at position: Int) -> UInt32? {
    guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") else { return nil }
    return UInt32(String(decoding: bytes[(position + 2)..<(position + 6)], as: UTF8.self), radix: 16)
  }
}
