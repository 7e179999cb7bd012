#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What can go wrong between two processes. The description is one line for a person.
public enum WireError: Error, Hashable, Sendable {
  /// The path of a socket file has no room in the system's address.
  case pathTooLong(String)
  /// Neither a path nor an IPv4 address with a port.
  case badAddress(String)
  /// Listening failed, and what the system said.
  case cannotListen(SocketAddress, String)
  /// Nobody is there, or one may not; and what the system said.
  case cannotDial(SocketAddress, String)
  /// Nothing came in time while doing what is named.
  case timedOut(SocketAddress, String)
  /// The other side hung up while something was still expected.
  case hungUp(SocketAddress)
  /// The other side speaks, but not the original LiveTune's protocol; and what it said.
  case noLiveTune(SocketAddress, String)
  /// The other side answered with an error.
  case answered(WireFailure)
  /// The directory for sockets is not one's own, or open to others; and what is wrong with it.
  case unsafeDirectory(String, String)
  /// The system has none left of what is named.
  case system(String, String)
}

extension WireError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .pathTooLong(let path):
      "'\(path)' is \(path.utf8.count) bytes long: the path of a socket has room for \(SocketAddress.maximumPathLength). Use a shorter directory."
    case .badAddress(let text): "'\(text)' is no address: allowed are a path, or an IPv4 address and a port like 127.0.0.1:4000."
    case .cannotListen(let address, let reason): "cannot listen at \(address): \(reason)"
    case .cannotDial(let address, let reason): "cannot reach \(address): \(reason)"
    case .timedOut(let address, let what):
      "no answer from \(address) while \(what): the program is stopped or very busy. Nothing is known to have changed."
    case .hungUp(let address): "\(address) hung up before it answered"
    case .noLiveTune(let address, let text): "\(address) is no variable of LiveTune's: it said '\(text)'. Nothing was changed."
    case .answered(let failure): failure.message
    case .unsafeDirectory(let path, let problem):
      "'\(path)' cannot hold sockets: \(problem). Allowed is a directory of your own with mode 0700."
    case .system(let what, let reason): "the system gives no \(what): \(reason)"
    }
  }
}

extension WireError {
  /// Whether nobody listens at the address that was dialled: the process that did has ended, or there never was one.
  public var isNobodyThere: Bool {
    guard case .cannotDial(_, let reason) = self else { return false }
    return [systemMessage(ECONNREFUSED), systemMessage(ENOENT)].contains(reason)
  }
}
