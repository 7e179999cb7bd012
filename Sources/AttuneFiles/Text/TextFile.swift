#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads a small text file, saying exactly why it cannot.
enum TextFile {
  /// Enough for thousands of parameters; a larger file is a data file named by mistake.
  static let largestSize = 1 << 20

  /// The file's text without a byte order mark.
  static func read(_ path: String) throws(FileProblem) -> String {
    guard let file = fopen(path, "rb") else { throw unreadable(path, errno) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: largestSize + 1)
    errno = 0
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw unreadable(path, errno) }
    guard count <= largestSize else { throw FileProblem(path: path, message: "more than 1 MiB long; is this the experiment file?") }
    return try text(of: bytes[..<count], path: path)
  }

  /// The bytes as text; refuses what is not UTF-8 and control characters.
  static func text(of bytes: ArraySlice<UInt8>, path: String) throws(FileProblem) -> String {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw FileProblem(path: path, place: FilePlace(line: 1, column: 1), message: "encoded as UTF-16; save it as UTF-8")
    }
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
    guard let text = String(validating: bytes, as: UTF8.self) else {
      // Repairing puts U+FFFD where the first bad byte stands; a U+FFFD that was there before is as suspect.
      let repaired = String(decoding: bytes, as: UTF8.self)
      throw FileProblem(path: path, place: place(of: { $0 == "\u{FFFD}" }, in: repaired), message: "not UTF-8 here; save the file as UTF-8")
    }
    if let place = place(of: isForbidden, in: text) {
      throw FileProblem(path: path, place: place, message: "a control character stands here; only tabs and line ends are allowed")
    }
    return text
  }

  private static func unreadable(_ path: String, _ code: Int32) -> FileProblem {
    let reason = code == EISDIR ? "is a directory; name the experiment file in it" : String(cString: strerror(code)).lowercased()
    return FileProblem(path: path, message: "cannot be read: \(reason)")
  }

  private static func place(of isMatch: (Unicode.Scalar) -> Bool, in text: String) -> FilePlace? {
    var line = 1
    var column = 1
    for scalar in text.unicodeScalars {
      if isMatch(scalar) { return FilePlace(line: line, column: column) }
      if scalar == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return nil
  }

  /// What YAML does not allow either.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x85: false
    case 0..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }
}
