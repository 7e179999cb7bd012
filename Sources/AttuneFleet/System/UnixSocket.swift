import AttuneWire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The agent's side and the controller's side of a socket file, before gRPC takes over.
enum UnixSocket {
  /// Listens at the path, for the owner alone. A file that is there already is replaced: the caller holds the agent's lock.
  /// - Returns: a listening descriptor.
  static func listen(at path: String) throws(FleetError) -> Int32 {
    unlink(path)
    let descriptor = try make(path)
    let isBound = withAddress(path) { bind(descriptor, $0, $1) } == 0
    guard isBound, chmod(path, 0o600) == 0, Glibc.listen(descriptor, 16) == 0 else {
      let problem = Files.failure("listen at", path)
      close(descriptor)
      throw problem
    }
    return descriptor
  }

  /// - Throws: `FleetError.pathTooLong`.
  static func check(_ path: String) throws(FleetError) {
    guard path.utf8.count <= SocketAddress.maximumPathLength else { throw .pathTooLong(path, limit: SocketAddress.maximumPathLength) }
  }

  /// Whether somebody accepts connections there.
  static func answers(at path: String) -> Bool {
    guard let descriptor = try? make(path) else { return false }
    defer { close(descriptor) }
    return withAddress(path) { connect(descriptor, $0, $1) } == 0
  }

  private static func make(_ path: String) throws(FleetError) -> Int32 {
    try check(path)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Files.failure("make a socket for", path) }
    return descriptor
  }

  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
