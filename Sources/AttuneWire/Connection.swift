#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One peer's side of the loop; only ever touched under the loop's lock. A class, so that its buffers are never copied.
final class Connection {
  let peer: Peer
  let descriptor: Descriptor
  var outgoing = OutgoingBuffer()
  /// When it is dropped unless a line is completed before.
  private(set) var deadline: Moment?
  let isAccepted: Bool
  /// Whether a line was completed.
  private(set) var hasSpoken = false
  /// Whether what waits to be sent has not been offered to the kernel yet.
  var isCorked = false
  /// Nothing more is read; it is closed once everything is sent.
  var isFinishing = false
  /// To be closed at once.
  var isBroken = false
  private var framer: LineFramer

  init(peer: Peer, descriptor: Descriptor, framer: LineFramer, deadline: Moment?, isAccepted: Bool) {
    self.peer = peer
    self.descriptor = descriptor
    self.framer = framer
    self.deadline = deadline
    self.isAccepted = isAccepted
  }

  /// Gives the kernel what it takes.
  func flush() {
    isCorked = false
    if !outgoing.flush(to: descriptor) { isBroken = true }
  }

  /// Moves bytes both ways, as far as poll found it ready.
  /// - Returns: the lines that were completed.
  func take(_ ready: Int16, through chunk: UnsafeMutableRawBufferPointer, patience: Duration) -> [LineFramer.Piece] {
    if ready & Int16(POLLOUT) != 0 { flush() }
    if ready & Int16(POLLERR | POLLNVAL) != 0 { isBroken = true }
    guard !isFinishing else {
      // Hung up altogether while something waits to be sent: nobody will take it.
      if ready & Int16(POLLHUP) != 0 { isBroken = true }
      return []
    }
    guard ready & Int16(POLLIN | POLLHUP) != 0 else { return [] }
    switch descriptor.receive(into: chunk) {
    case .wouldBlock: return []
    case .ended:
      isFinishing = true
      return []
    case .moved(let count):
      let pieces = framer.take(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
      if !pieces.isEmpty { hasSpoken = true }
      if isAccepted { renewDeadline(hadLine: !pieces.isEmpty, patience) }
      return pieces
    }
  }

  /// Whether it is to be closed now.
  func isOver(at now: Moment) -> Bool {
    isBroken || (isFinishing && outgoing.isEmpty) || (deadline.map { $0 <= now } ?? false)
  }

  /// A peer between two lines may stay silent: it may be a subscriber. One inside a line may not.
  private func renewDeadline(hadLine: Bool, _ patience: Duration) {
    if !framer.isInsideLine {
      if hadLine { deadline = nil }
    } else if hadLine || deadline == nil {
      deadline = .after(patience)
    }
  }
}
