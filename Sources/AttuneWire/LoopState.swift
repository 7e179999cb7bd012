/// Everything a `LineLoop` guards with its lock.
struct LoopState {
  var peers: [Peer: Connection] = [:]
  var listeners: [Listener] = []
  var timers: [LoopTimer] = []
  var isStopping = false
  private var lastPeer = 0

  /// Remembers a connection. Those with a deadline were accepted, those without were dialled.
  mutating func add(_ descriptor: Descriptor, lineLimit: Int, deadline: Moment?) -> Peer {
    lastPeer += 1
    let peer = Peer(number: lastPeer)
    peers[peer] = Connection(descriptor: descriptor, framer: LineFramer(limit: lineLimit), deadline: deadline, isAccepted: deadline != nil)
    return peer
  }

  /// Takes out the timers that are due, in their order.
  mutating func takeDueTimers() -> [LoopTimer] {
    guard !timers.isEmpty else { return [] }
    let now = Moment.now
    let due = timers.filter { $0.moment <= now }
    if !due.isEmpty { timers.removeAll { $0.moment <= now } }
    return due.sorted { $0.moment < $1.moment }
  }

  /// The next moment at which something is due without anybody's doing.
  var nextMoment: Moment? {
    let moments = timers.map(\.moment) + peers.values.compactMap(\.deadline) + listeners.compactMap(\.pausedUntil)
    return moments.min()
  }
}

/// One peer's side of the loop.
struct Connection {
  let descriptor: Descriptor
  var framer: LineFramer
  var outgoing = OutgoingBuffer()
  /// When it is dropped unless a line is completed before.
  var deadline: Moment?
  let isAccepted: Bool
  /// Nothing more is read; it is closed once everything is sent.
  var isFinishing = false
  /// To be closed at once.
  var isBroken = false

  init(descriptor: Descriptor, framer: LineFramer, deadline: Moment?, isAccepted: Bool) {
    self.descriptor = descriptor
    self.framer = framer
    self.deadline = deadline
    self.isAccepted = isAccepted
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
