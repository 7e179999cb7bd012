#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneValues
import Synchronization

/// One thread that carries lines between this process and any number of others.
///
/// It listens, dials, cuts what arrives into lines, and hands them to the handler, one after the other, on its own thread. No peer
/// can hold up another: sockets never block, a line has a limit, what waits to be sent has a limit, and an accepted peer that
/// begins no line, or does not end the one it began, is dropped.
///
/// Not for bulk data, and not for handlers that take long: while one runs, nothing else is heard.
///
/// The thread keeps the loop alive until `stop()`. In a forked child there is no thread, and the loop does nothing.
public final class LineLoop: Sendable {
  /// What happens on the loop.
  public enum Event: Sendable {
    /// Somebody dialled; the address is the one that was given to `listen(at:)`.
    case opened(Peer, at: SocketAddress)
    /// A line, without its newline.
    case line(Peer, [UInt8])
    /// The peer is gone. Told once for every peer, dialled or accepted, unless the loop was stopped.
    case closed(Peer)
  }

  /// What one loop allows its peers.
  public struct Limits: Sendable {
    /// Bytes of a line that arrives. A longer one is answered with an error and skipped.
    public var line = 1 << 20
    /// Bytes waiting to be sent to one peer; beyond it the peer is dropped.
    public var outgoing = 16 << 20
    /// Peers at a time. When there are more, one that has said nothing yet gives way, or else the newest is hung up on.
    public var peers = 1024
    /// How long an accepted peer may take to begin its first line and to end any line.
    public var patience = Duration.seconds(30)

    /// The usual limits.
    public init() {}

    /// What a guest in somebody's program allows itself: no more than a quarter of the descriptors that the program may have.
    public static var asGuest: Limits {
      var limits = Limits()
      limits.peers = max(8, min(limits.peers, descriptorLimit / 4))
      return limits
    }
  }

  /// Called on the loop's thread.
  public typealias Handler = @Sendable (LineLoop, Event) -> Void

  let limits: Limits
  let bell: Bell
  let state = Mutex(LoopState())
  /// The loop's own thread, once it runs.
  let thread = Atomic<UInt>(0)
  private let handler: Handler
  private let generation = Forks.generation

  /// Starts the thread.
  /// - Parameters:
  ///   - name: of the thread, for those who debug; 15 bytes are shown.
  ///   - handler: called on the loop's thread, one event at a time.
  /// - Throws: `WireError.system` when the process has no descriptor or thread left.
  public init(name: String, limits: Limits = Limits(), handler: @escaping Handler) throws(WireError) {
    self.limits = limits
    self.handler = handler
    bell = try Bell()
    try startBackgroundThread(named: name) { self.run() }
  }

  /// Listens at the address.
  /// - Returns: the address with the port that the system chose, where 0 was asked for.
  /// - Throws: `WireError.cannotListen`, `.pathTooLong`, `.badAddress`.
  @discardableResult
  public func listen(at address: SocketAddress) throws(WireError) -> SocketAddress {
    let descriptor = try Descriptor.listening(at: address)
    var actual = address
    if case .tcp(let host, 0) = address, let port = descriptor.localPort { actual = .tcp(host: host, port: port) }
    let isAdded = state.withLock { state in
      guard !state.isStopping else { return false }
      state.listeners.append(Listener(descriptor: descriptor, address: actual))
      state.spare = state.spare ?? .placeholder()
      return true
    }
    if !isAdded { descriptor.close() }
    bell.ring()
    return actual
  }

  /// Connects to the address. Waits at most `limit`, on the calling thread.
  /// - Throws: `WireError.cannotDial`, `.timedOut`, `.pathTooLong`, `.badAddress`.
  public func dial(_ address: SocketAddress, within limit: Duration = .seconds(2)) throws(WireError) -> Peer {
    let descriptor = try Descriptor.connected(to: address, until: .after(limit))
    let peer = state.withLock { state in
      state.isStopping ? nil : state.add(descriptor, lineLimit: limits.line, deadline: nil)
    }
    guard let peer else {
      descriptor.close()
      throw .hungUp(address)
    }
    bell.ring()
    return peer
  }

  /// Sends the document as one line; from any thread, without waiting. To a peer that is gone it does nothing.
  public func send(_ message: JSON, to peer: Peer) {
    var line: [UInt8] = []
    line.reserveCapacity(256)
    message.write(to: &line)
    line.append(UInt8(ascii: "\n"))
    send(line: line, to: peer)
  }

  /// Hangs up after what waits to be sent has gone; from any thread.
  public func close(_ peer: Peer) {
    guard isHome else { return }
    state.withLock { state in state.peers[peer]?.isFinishing = true }
    bell.ring()
  }

  /// Calls `action` on the loop's thread after the delay; never, when the loop is stopped before.
  public func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) {
    guard isHome else { return }
    let moment = Moment.after(delay)
    state.withLock { state in state.timers.append(LoopTimer(moment: moment, action: action)) }
    bell.ring()
  }

  /// Ends the thread, hangs up on everybody and removes the socket files. Does not wait for a handler that is running.
  public func stop() {
    guard isHome else { return }
    state.withLock { state in
      guard !state.isStopping else { return }
      state.isStopping = true
      for listener in state.listeners {
        if case .unix(let path) = listener.address { unlink(path) }
      }
    }
    bell.ring()
  }

  private func send(line: [UInt8], to peer: Peer) {
    guard isHome else { return }
    let isOnLoop = thread.load(ordering: .relaxed) == threadNumber()
    let needsLoop = state.withLock { state -> Bool in
      guard let connection = state.peers[peer], !connection.isBroken else { return false }
      let wasEmpty = connection.outgoing.isEmpty
      connection.outgoing.append(line)
      if state.isBatching, isOnLoop, connection.outgoing.count < 64 << 10 {
        // Many answers are one call of the kernel, and wake the peer once.
        if wasEmpty {
          connection.isCorked = true
          state.corked.append(connection)
        }
        return false
      }
      // The sender's own thread gives it to the kernel: no thread has to wake for it, and a process that dies next has said it.
      if wasEmpty || connection.isCorked { connection.flush() }
      if connection.outgoing.count > limits.outgoing { connection.isBroken = true }
      return connection.isBroken || !connection.outgoing.isEmpty
    }
    if needsLoop, !isOnLoop { bell.ring() }
  }

  /// Whether this is the process that the thread runs in.
  private var isHome: Bool { Forks.generation == generation }

  func handle(_ event: Event) { handler(self, event) }

  /// What a line beyond the limit is answered with.
  func refuseLongLine(of peer: Peer) {
    let failure = WireFailure(.parse, "a line longer than \(limits.line) bytes was skipped; the connection stays open")
    send(WireMessage.failure(id: .null, failure).json, to: peer)
  }
}

/// A connection of a `LineLoop`. Never used again for another connection.
public struct Peer: Hashable, Sendable {
  let number: Int

  /// No connection; what is sent to it goes nowhere. For those who ask in other ways.
  package static let nobody = Peer(number: 0)
}
