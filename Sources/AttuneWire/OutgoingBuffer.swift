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
      case .wouldBlock: return true
      case .ended: return false
      }
    }
    bytes = []
    sent = 0
    return true
  }
}
