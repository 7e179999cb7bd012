/// Everything a `LineLoop` guards with its lock.
struct LoopState {
  private(set) var peers: [Peer: Connection] = [:]
  var listeners: [Listener] = []
  var timers: [LoopTimer] = []
  var isStopping = false
  /// Whether the handler is being called with several lines of one peer: what it sends meanwhile goes to the kernel together.
  var isBatching = false
  /// Connections with something to send at the end of the batch.
  var corked: [Connection] = []
  /// Given up for a moment when the process has no descriptors left, to hang up on whoever waits at the door.
  var spare: Descriptor?
  /// Where bytes arrive.
  var chunk = [UInt8](repeating: 0, count: 64 << 10)
  private var lastPeer = 0

  /// Remembers a connection. Those with a deadline were accepted, those without were dialled.
  mutating func add(_ descriptor: Descriptor, lineLimit: Int, deadline: Moment?) -> Peer {
    lastPeer += 1
    let peer = Peer(number: lastPeer)
    peers[peer] = Connection(
      peer: peer, descriptor: descriptor, framer: LineFramer(limit: lineLimit), deadline: deadline, isAccepted: deadline != nil)
    return peer
  }

  /// Forgets a connection and closes it.
  mutating func remove(_ connection: Connection) {
    peers[connection.peer] = nil
    connection.descriptor.close()
  }

  /// Forgets everybody.
  /// - Returns: the descriptors to close.
  mutating func removeAll() -> [Descriptor] {
    let descriptors = peers.values.map(\.descriptor) + listeners.map(\.descriptor) + (spare.map { [$0] } ?? [])
    (peers, listeners, timers, corked, spare) = ([:], [], [], [], nil)
    return descriptors
  }

  /// The accepted connection that has said nothing yet and whose patience ends first.
  var mostSilent: Connection? {
    peers.values.filter { $0.isAccepted && $0.deadline != nil && !$0.hasSpoken }.min { $0.peer.number < $1.peer.number }
  }

  /// Takes out the timers that are due, in their order.
  mutating func takeDueTimers() -> [LoopTimer] {
    guard !timers.isEmpty else { return [] }
    let now = Moment.now
    let due = timers.filter { $0.moment <= now }
    if !due.isEmpty { timers.removeAll { $0.moment <= now } }
    return due.sorted { $0.moment < $1.moment }
  }
}

/// A socket where peers come from.
struct Listener {
  let descriptor: Descriptor
  let address: SocketAddress
  /// Set while the process has no descriptors for another peer.
  var pausedUntil: Moment?
}

/// Something to do later, on the loop's thread.
struct LoopTimer: Sendable {
  let moment: Moment
  let action: @Sendable () -> Void
}
