#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Descriptor {
  /// A listening socket. A socket file left by a dead process is replaced; one that answers is not.
  static func listening(at address: SocketAddress) throws(WireError) -> Descriptor {
    do {
      return try bound(to: address)
    } catch .cannotListen(_, let reason) {
      guard case .unix(let path) = address, reason == systemMessage(EADDRINUSE), isDead(path) else { throw .cannotListen(address, reason) }
      unlink(path)
      return try bound(to: address)
    }
  }

  /// A connected socket.
  static func connected(to address: SocketAddress, until deadline: Moment) throws(WireError) -> Descriptor {
    let socket = try made(for: address)
    if try address.withSystemAddress({ connect(socket.raw, $0, $1) }) == 0 { return socket }
    var code = errno
    if code == EINPROGRESS || code == EINTR {
      guard socket.wait(for: Int32(POLLOUT), until: deadline) else {
        socket.close()
        throw .timedOut(address, "connecting")
      }
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(socket.raw, SOL_SOCKET, SO_ERROR, &code, &size)
      if code == 0 { return socket }
    }
    socket.close()
    // A Unix socket whose queue is full answers EAGAIN: its program is stopped, or very busy.
    if code == EAGAIN { throw .timedOut(address, "connecting") }
    throw .cannotDial(address, systemMessage(code))
  }

  /// Takes one waiting connection.
  func accepted() -> Acceptance {
    let raw = accept(self.raw, nil, nil)
    if raw >= 0 {
      let peer = Descriptor(raw: raw)
      peer.configure()
      return .peer(peer)
    }
    return errno == EMFILE || errno == ENFILE ? .noDescriptors : .none
  }

  /// What `accepted` found.
  enum Acceptance {
    case peer(Descriptor)
    case none
    /// The process has no descriptors left; asking again at once would spin.
    case noDescriptors
  }

  /// A descriptor that only keeps its place.
  static func placeholder() -> Descriptor? {
    let raw = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else { return nil }
    let held = Descriptor(raw: raw)
    held.configure()
    return held
  }

  /// The port that was given when 0 was asked for.
  var localPort: Int? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(raw, $0, &size) }
    }
    return code == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }

  /// Whether nobody listens at the socket file.
  static func isDead(_ path: String) -> Bool {
    guard let socket = try? made(for: .unix(path: path)) else { return false }
    defer { socket.close() }
    let code = try? SocketAddress.unix(path: path).withSystemAddress { connect(socket.raw, $0, $1) }
    return code != 0 && errno == ECONNREFUSED
  }

  private static func made(for address: SocketAddress) throws(WireError) -> Descriptor {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let raw = socket(address.isUnix ? AF_UNIX : AF_INET, stream, 0)
    guard raw >= 0 else { throw .system("a socket", systemMessage(errno)) }
    let made = Descriptor(raw: raw)
    made.configure()
    if !address.isUnix {
      var flag: Int32 = 1
      _ = setsockopt(raw, Int32(IPPROTO_TCP), TCP_NODELAY, &flag, socklen_t(MemoryLayout<Int32>.size))
    }
    return made
  }

  private static func bound(to address: SocketAddress) throws(WireError) -> Descriptor {
    let socket = try made(for: address)
    do throws(WireError) {
      if case .unix = address {
        // Linux gives the file the mode of the socket: it is never open to others, not even for a moment.
        fchmod(socket.raw, 0o600)
      } else {
        var flag: Int32 = 1
        _ = setsockopt(socket.raw, SOL_SOCKET, SO_REUSEADDR, &flag, socklen_t(MemoryLayout<Int32>.size))
      }
      guard try address.withSystemAddress({ bind(socket.raw, $0, $1) }) == 0 else { throw .cannotListen(address, systemMessage(errno)) }
      if case .unix(let path) = address { chmod(path, 0o600) }
      guard listen(socket.raw, 1024) == 0 else { throw .cannotListen(address, systemMessage(errno)) }
      return socket
    } catch {
      socket.close()
      throw error
    }
  }
}
