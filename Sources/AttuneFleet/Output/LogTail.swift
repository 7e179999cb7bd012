#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads a growing file line by line. A carriage return ends a line, too: a progress bar draws over itself.
struct LogTail {
  /// A line without its end, and the offset in the file after it.
  struct Line {
    let bytes: [UInt8]
    let end: Int
  }

  /// Bytes of a line; the rest of a longer one is skipped.
  static let lineLimit = 1 << 16

  let path: String
  /// Where reading goes on.
  private(set) var position: Int
  private var descriptor: Int32 = -1
  private var begun: [UInt8] = []

  /// - Parameter offset: where a line begins.
  init(path: String, offset: Int) {
    self.path = path
    position = offset
  }

  /// The next lines, from at most `count` bytes.
  /// - Parameter isFinal: whether nothing will be added any more, so that a last line without an end counts.
  /// - Returns: the lines, and whether the end of the file was reached.
  mutating func read(atMost count: Int = 1 << 16, isFinal: Bool) -> (lines: [Line], isAtEnd: Bool) {
    if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0, let bytes = Files.readChunk(descriptor, at: position, atMost: count) else { return ([], true) }
    var lines = split(bytes)
    let isAtEnd = bytes.count < count
    if isFinal, isAtEnd, !begun.isEmpty {
      lines.append(Line(bytes: begun, end: position))
      begun = []
    }
    return (lines, isAtEnd)
  }

  /// Closes the file.
  mutating func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  private mutating func split(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = 0
    while let end = bytes[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
      keep(bytes[start..<end])
      if !begun.isEmpty { lines.append(Line(bytes: begun, end: position + end + 1)) }
      begun.removeAll(keepingCapacity: true)
      start = end + 1
    }
    keep(bytes[start...])
    position += bytes.count
    return lines
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) { begun += part.prefix(Self.lineLimit - begun.count) }
}
