import CAttune

/// What a caller of the C functions did wrong, or what was refused, in one line.
struct Mistake: Error {
  let message: String

  init(_ message: String) { self.message = message }

  /// Keeps it for `attune_last_error`.
  func keep() { attune_keep_error(message) }
}

/// A text of C's.
/// - Throws: `Mistake` for a null pointer and for what is no UTF-8.
func text(_ pointer: UnsafePointer<CChar>?, _ what: String) throws(Mistake) -> String {
  guard let pointer else { throw Mistake("\(what) is a null pointer; allowed is a text") }
  guard let text = String(validatingCString: pointer) else { throw Mistake("\(what) is no UTF-8") }
  return text
}

/// Writes a text with its end into C's buffer, as far as it fits.
/// - Returns: its bytes.
func copy(_ text: String, to buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
  var text = text
  return text.withUTF8 { bytes in
    guard let buffer, size > 0 else { return bytes.count }
    let count = min(bytes.count, size - 1)
    for index in 0..<count { buffer[index] = CChar(bitPattern: bytes[index]) }
    buffer[count] = 0
    return bytes.count
  }
}
