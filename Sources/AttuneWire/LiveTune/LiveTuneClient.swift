#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Changes a variable, or fires a trigger, of a program that embeds the original LiveTune; every step has the same deadline.
///
/// First all that are to be changed are asked for their types, then the values are sent: a wrong type changes none of them.
///
/// The original answers nothing to a tag that it does not have: it keeps the connection until the next one comes. So a silent dictionary is
/// called a second time: when the first call then ends without an answer, the tag is unknown; a stopped program does neither.
public final class LiveTuneClient {
  /// What went wrong.
  public enum Problem: Error, Hashable, Sendable {
    /// The program has no such variable or trigger; and what it said.
    case unknown(String)
    /// The value does not fit, or the program said so.
    case refused(String)
    /// The connection.
    case wire(WireError)
  }

  /// How long the dictionary may think before it is called again.
  static let silence = Duration.milliseconds(200)

  private let tag: String
  private let address: SocketAddress
  private let deadline: Moment
  private let descriptor: Descriptor
  /// What the program says the tag is.
  public let kind: LiveTuneKind

  /// Looks the tag up and asks for its type.
  /// - Parameters:
  ///   - dictionary: what the program announced as its port.
  ///   - limit: for this and everything after it.
  public init(tag: String, dictionary: SocketAddress, within limit: Duration = .seconds(5)) throws(Problem) {
    let deadline = Moment.after(limit)
    let port = try Self.port(of: tag, dictionary, until: deadline)
    guard case .tcp(let host, _) = dictionary else { throw .wire(.badAddress(dictionary.description)) }
    let address = SocketAddress.tcp(host: host, port: port)
    let descriptor = try wrapped { () throws(WireError) in try Descriptor.connected(to: address, until: deadline) }
    do throws(WireError) {
      try descriptor.send(LiveTuneKind.updateVariable, to: address, until: deadline)
      let word = try descriptor.text(from: address, until: deadline, doing: "asking for the type of '\(tag)'")
      guard let kind = LiveTuneKind(word: word) else { throw word.isEmpty ? .hungUp(address) : .noLiveTune(address, word) }
      (self.tag, self.address, self.deadline, self.descriptor, self.kind) = (tag, address, deadline, descriptor, kind)
    } catch {
      descriptor.close()
      throw .wire(error)
    }
  }

  deinit { descriptor.close() }

  /// The value as the program's type wants it.
  /// - Throws: `Problem.refused` for another type, `.unknown` for a trigger.
  public func checked(_ typed: String) throws(Problem) -> String {
    guard kind != .trigger else { throw .unknown("unknown variable '\(tag)': it is a trigger, for `attune fire`. Nothing was changed.") }
    guard let text = kind.text(ofTyped: typed) else {
      throw .refused("'\(tag)' = \(typed) refused: allowed \(kind.allowed). Nothing was sent, the program keeps its value.")
    }
    return text
  }

  /// Sends a value that `checked` gave, and waits until the program has taken it from the wire.
  ///
  /// The original never says what became of it; of the program's type, it takes it.
  public func set(_ text: String) throws(Problem) { try finish(text) }

  /// Fires the trigger.
  /// - Throws: `Problem.unknown` when the tag is no trigger.
  public func fire() throws(Problem) {
    guard kind == .trigger else {
      throw .unknown("unknown trigger '\(tag)': it is a variable of type \(kind.rawValue). Nothing was fired.")
    }
    try finish(LiveTuneKind.triggerVariable)
  }

  private func finish(_ text: String) throws(Problem) {
    let reason = try wrapped { () throws(WireError) in
      try descriptor.send(text, to: address, until: deadline)
      return try descriptor.text(from: address, until: deadline, doing: "sending '\(tag)'")
    }
    // The original hangs up without a word; a program of Attune's says why it refuses.
    if !reason.isEmpty { throw .refused(reason) }
  }

  private static func port(of tag: String, _ dictionary: SocketAddress, until deadline: Moment) throws(Problem) -> Int {
    let text = try wrapped { () throws(WireError) in
      let call = try Descriptor.connected(to: dictionary, until: deadline)
      defer { call.close() }
      try call.send(LiveTuneKind.dictionaryEntry + tag, to: dictionary, until: deadline)
      if !call.wait(for: Int32(POLLIN), until: min(deadline, .after(silence))) {
        let second = try Descriptor.connected(to: dictionary, until: deadline)
        second.close()
      }
      return try call.text(from: dictionary, until: deadline, doing: "asking for the port of '\(tag)'")
    }
    if let port = UInt16(text), port > 0 { return Int(port) }
    throw .unknown(text.isEmpty ? "unknown variable or trigger '\(tag)' at \(dictionary). Nothing was changed." : text)
  }
}

private func wrapped<Result>(_ body: () throws(WireError) -> Result) throws(LiveTuneClient.Problem) -> Result {
  do { return try body() } catch { throw .wire(error) }
}

extension Descriptor {
  fileprivate func send(_ text: String, to address: SocketAddress, until deadline: Moment) throws(WireError) {
    // A message is far smaller than an empty socket's room: it goes at once, or the other side is gone.
    guard Array(text.utf8).withUnsafeBytes({ send($0) }) == .moved(text.utf8.count) else { throw .hungUp(address) }
  }

  /// One message; empty when the other side hung up.
  fileprivate func text(from address: SocketAddress, until deadline: Moment, doing what: String) throws(WireError) -> String {
    try withUnsafeTemporaryAllocation(byteCount: LiveTuneKind.messageLimit, alignment: 1) { buffer throws(WireError) in
      while true {
        guard wait(for: Int32(POLLIN), until: deadline) else { throw .timedOut(address, what) }
        switch receive(into: buffer) {
        case .moved(let count): return String(decoding: buffer[..<count], as: UTF8.self)
        case .ended: return ""
        case .wouldBlock: continue
        }
      }
    }
  }
}
