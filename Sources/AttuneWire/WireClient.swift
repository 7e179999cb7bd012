#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneValues

/// A connection that asks and waits, for the command line: every step has a deadline, so a stopped program hangs nobody.
///
/// Not for programs that serve (`LineLoop`), and not for two threads at once.
public final class WireClient {
  /// Called with each notification that arrives while something is awaited.
  public typealias NotificationHandler = (_ method: String, _ parameters: JSON) -> Void

  /// Whom it talks to.
  public let address: SocketAddress
  private let descriptor: Descriptor
  private var framer = LineFramer(limit: 16 << 20)
  private var waiting: [WireMessage] = []
  private var lastID = 0

  /// Connects.
  /// - Throws: `WireError.cannotDial`, `.timedOut`, `.pathTooLong`, `.badAddress`.
  public init(dialing address: SocketAddress, within limit: Duration = .seconds(2)) throws(WireError) {
    self.address = address
    descriptor = try Descriptor.connected(to: address, until: .after(limit))
  }

  deinit { descriptor.close() }

  /// Sends a request and waits for its answer.
  /// - Throws: `WireError.answered` with the other side's refusal, `.timedOut`, `.hungUp`.
  public func request(
    _ method: String, _ parameters: JSON = .object([:]), within limit: Duration = .seconds(5),
    onNotification: NotificationHandler = { _, _ in }
  ) throws(WireError) -> JSON {
    let deadline = Moment.after(limit)
    lastID += 1
    let id = JSON.int(lastID)
    try send(WireMessage.request(id: id, method: method, parameters: parameters).json, until: deadline)
    while true {
      switch try nextMessage(until: deadline, doing: "waiting for its answer to '\(method)'") {
      case .result(id, let value): return value
      case .failure(id, let failure), .failure(.null, let failure): throw .answered(failure)
      case .notification(let method, let parameters): onNotification(method, parameters)
      default: continue
      }
    }
  }

  /// Waits for the next notification.
  /// - Throws: `WireError.timedOut`, `.hungUp`.
  public func notification(within limit: Duration) throws(WireError) -> (method: String, parameters: JSON) {
    let deadline = Moment.after(limit)
    while true {
      if case .notification(let method, let parameters) = try nextMessage(until: deadline, doing: "waiting for news") {
        return (method, parameters)
      }
    }
  }

  private func send(_ message: JSON, until deadline: Moment) throws(WireError) {
    var line: [UInt8] = []
    message.write(to: &line)
    line.append(UInt8(ascii: "\n"))
    var outgoing = OutgoingBuffer()
    outgoing.append(line)
    while true {
      guard outgoing.flush(to: descriptor) else { throw .hungUp(address) }
      if outgoing.isEmpty { return }
      guard descriptor.wait(for: Int32(POLLOUT), until: deadline) else { throw .timedOut(address, "sending a request") }
    }
  }

  private func nextMessage(until deadline: Moment, doing what: String) throws(WireError) -> WireMessage {
    while waiting.isEmpty {
      guard descriptor.wait(for: Int32(POLLIN), until: deadline) else { throw .timedOut(address, what) }
      guard receive() else { throw .hungUp(address) }
    }
    return waiting.removeFirst()
  }

  /// - Returns: `false` when the other side has hung up. A line that is no message is passed over.
  private func receive() -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
      switch descriptor.receive(into: buffer) {
      case .ended: return false
      case .wouldBlock: return true
      case .moved(let count):
        for case .line(let line) in framer.take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
          if let message = try? WireMessage(parsing: line) { waiting.append(message) }
        }
        return true
      }
    }
  }
}
