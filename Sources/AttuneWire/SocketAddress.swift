#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a program, an agent or a controller can be reached.
public enum SocketAddress: Hashable, Sendable {
  /// A socket file; at most `maximumPathLength` bytes of path.
  case unix(path: String)
  /// IPv4 in figures, e.g. `127.0.0.1`; port 0 lets the system choose.
  case tcp(host: String, port: Int)

  /// Bytes that the system has room for in the path of a socket file.
  public static let maximumPathLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Reads a path, or `HOST:PORT`. What contains a `/`, or no port, is a path.
  public init(_ text: String) {
    if !text.contains("/"), let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) {
      let host = String(text[..<colon])
      self = .tcp(host: host == "localhost" || host.isEmpty ? "127.0.0.1" : host, port: Int(port))
    } else {
      self = .unix(path: text)
    }
  }

  var isUnix: Bool {
    if case .unix = self { true } else { false }
  }

  /// Calls `body` with the address as the system's calls want it.
  func withSystemAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws(WireError) -> Int32 {
    switch self {
    case .unix(let path):
      let bytes = Array(path.utf8)
      guard bytes.count <= Self.maximumPathLength else { throw .pathTooLong(path) }
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
      }
    case .tcp(let host, let port):
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      guard let number = UInt16(exactly: port), inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
        throw .badAddress(description)
      }
      address.sin_port = number.bigEndian
      return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
      }
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// The path, or `127.0.0.1:4000`: what `init(_:)` reads.
  public var description: String {
    switch self {
    case .unix(let path): path
    case .tcp(let host, let port): "\(host):\(port)"
    }
  }
}
