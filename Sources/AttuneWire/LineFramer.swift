/// Cuts a stream of bytes into lines. A line beyond the limit is told once and skipped; the stream goes on behind it.
struct LineFramer {
  /// What came out of the stream.
  enum Piece: Hashable {
    /// Without its newline; never empty.
    case line([UInt8])
    case tooLong
  }

  let limit: Int
  private var partial: [UInt8] = []
  private var isSkipping = false

  init(limit: Int) { self.limit = limit }

  /// Whether a line has begun and not ended.
  var isInsideLine: Bool { isSkipping || !partial.isEmpty }

  /// Takes the next bytes of the stream.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> [Piece] {
    var pieces: [Piece] = []
    var rest = bytes[...]
    while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
      append(rest[rest.startIndex..<newline], to: &pieces)
      if !partial.isEmpty { pieces.append(.line(partial)) }
      partial = []
      isSkipping = false
      rest = rest[(newline + 1)...]
    }
    append(rest, to: &pieces)
    return pieces
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer.SubSequence, to pieces: inout [Piece]) {
    guard !isSkipping else { return }
    if partial.count + bytes.count > limit {
      pieces.append(.tooLong)
      partial = []
      isSkipping = true
    } else {
      partial.append(contentsOf: bytes)
    }
  }
}
