#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import Synchronization

/// Serves the clients of the original LiveTune: its `tune` command, and what people wrote around it.
///
/// One thread for all, on the loopback only. Sockets never block; silent clients are dropped, and there are at most so many ports and
/// clients at a time. The protocol has no secret: where the system tells whose a connection is, other users are hung up on; elsewhere
/// everybody who may run programs on this machine can change the variables. So nobody gets it unasked.
public final class LiveTuneServer: Sendable {
  /// What the server allows.
  public struct Limits: Sendable {
    /// Ports of single variables open at a time; beyond it the one that nobody has used for longest is closed.
    public var ports = 64
    /// Clients at a time; beyond it the one that is nearest to its deadline is dropped.
    public var peers = 64
    /// How long a client may take for its whole conversation.
    public var patience = Duration.seconds(10)
    /// How long a variable's port stays open unused.
    public var idle = Duration.seconds(300)

    /// The usual limits.
    public init() {}
  }

  static let host = "127.0.0.1"

  /// The port of the dictionary: what the original's commands take as `--port`.
  public let port: Int
  /// Whether the system tells whose a connection is, so that other users' are refused.
  public let knowsItsClients: Bool
  private let program: any LiveTuneProgram
  private let bell: Bell
  private let isStopping = Atomic<Bool>(false)

  /// Listens, and starts the thread.
  /// - Parameter port: of the dictionary; 0 lets the system choose.
  /// - Throws: `WireError.cannotListen` when the port is taken, `.system` when the process has no descriptor or thread left.
  public init(port: Int, limits: Limits = Limits(), program: any LiveTuneProgram) throws(WireError) {
    bell = try Bell()
    let dictionary = try Descriptor.listening(at: .tcp(host: Self.host, port: port))
    self.port = dictionary.localPort ?? port
    // Asked about itself: a system that tells, tells the listener.
    knowsItsClients = SocketOwner.ofSocket(at: UInt16(self.port), talkingTo: 1).isUser
    self.program = program
    do throws(WireError) {
      try startBackgroundThread(named: "attune-livetune") { self.run(dictionary, limits) }
    } catch {
      dictionary.close()
      throw error
    }
  }

  /// Ends the thread and closes its ports. Does not wait for it.
  public func stop() {
    isStopping.store(true, ordering: .releasing)
    bell.ring()
  }

  /// What the original prints when a program starts, in its colours: the people and scripts that look for it find it.
  public var announcement: String {
    "\u{1B}[94m[LiveTune] \u{1B}[92mPort number for the LiveTune dictionary: \u{1B}[93m\(port)\u{1B}[0m"
  }

  private func run(_ dictionary: Descriptor, _ limits: Limits) {
    var desk = LiveTuneDesk(dictionary, limits, program, knowsItsClients: knowsItsClients)
    withUnsafeTemporaryAllocation(byteCount: LiveTuneKind.messageLimit + 1, alignment: 16) { buffer in
      while !isStopping.load(ordering: .acquiring) { desk.turn(bell, buffer) }
    }
    desk.close()
  }
}
