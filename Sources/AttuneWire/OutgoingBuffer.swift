/// Bytes that the kernel has not taken yet.
struct OutgoingBuffer {
  private var bytes: [UInt8] = []
  private var sent = 0

  var isEmpty: Bool { sent == bytes.count }
  var count: Int { bytes.count - sent }

  mutating func append(_ more: [UInt8]) {
    if isEmpty {
      bytes = more
      sent = 0
    } else {
      bytes.append(contentsOf: more)
    }
  }

  /// Gives the kernel what it takes.
  /// - Returns: `false` when the connection is broken.
  mutating func flush(to descriptor: Descriptor) -> Bool {
    while !isEmpty {
      switch bytes.withUnsafeBytes({ descriptor.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .moved(let count): sent += count
      case .wouldBlock:
        forgetSent()
        return true
      case .ended: return false
      }
    }
    bytes = []
    sent = 0
    return true
  }

  /// A peer that is always a little behind never empties the buffer; what it has taken must not stay.
  private mutating func forgetSent() {
    guard sent > bytes.count / 2 else { return }
    bytes.removeFirst(sent)
    sent = 0
  }
}
