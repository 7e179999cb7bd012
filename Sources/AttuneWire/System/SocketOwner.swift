#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whose the other end of a loopback connection is. Linux tells, by its socket diagnostics; other systems do not.
enum SocketOwner: Hashable {
  case user(UInt32)
  /// Closed by whoever had it, and nobody's any more.
  case nobody
  /// The system does not tell.
  case untold

  /// Whether this process may trust it: its own user's, or root's.
  var isTrusted: Bool {
    #if canImport(Glibc)
      if case .user(let id) = self { return id == geteuid() || id == 0 }
    #endif
    return self == .untold
  }

  /// Whether the system told somebody.
  var isUser: Bool {
    if case .user = self { true } else { false }
  }

  /// The owner of the socket that has the first port and talks to the second, or of the one that listens at the first.
  static func ofSocket(at port: UInt16, talkingTo other: UInt16) -> SocketOwner {
    #if canImport(Glibc)
      let end = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), diagnostics)
      guard end >= 0 else { return .untold }
      defer { close(end) }
      let asked = question(port, other)
      var answer = [UInt8](repeating: 0, count: 512)
      guard send(end, asked, asked.count, 0) == asked.count else { return .untold }
      // The kernel has answered before `send` returned.
      let count = recv(end, &answer, answer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return .untold }
      guard count >= header + 72, answer[4] == byFamily else { return .nobody }
      func word(at offset: Int) -> UInt32 { answer.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: header + offset, as: UInt32.self) } }
      // An orphan, whose process has closed it, counts as root's and has no inode.
      return word(at: 68) == 0 ? .nobody : .user(word(at: 64))
    #else
      return .untold
    #endif
  }

  #if canImport(Glibc)
    // linux/inet_diag.h and linux/sock_diag.h, which Swift does not import.
    private static let diagnostics: Int32 = 4
    private static let header = 16
    private static let byFamily: UInt8 = 20

    private static func question(_ port: UInt16, _ other: UInt16) -> [UInt8] {
      var bytes = words(UInt32(header + 56), UInt32(byFamily) | 1 << 16, 0, 0)
      bytes += [UInt8(AF_INET), UInt8(IPPROTO_TCP), 0, 0] + words(.max)
      for number in [port, other] { bytes += [UInt8(number >> 8), UInt8(number & 0xFF)] }
      for _ in 0..<2 { bytes += [127, 0, 0, 1] + [UInt8](repeating: 0, count: 12) }
      return bytes + words(0, .max, .max)
    }

    private static func words(_ words: UInt32...) -> [UInt8] {
      words.flatMap { word in withUnsafeBytes(of: word) { Array($0) } }
    }
  #endif
}

extension Descriptor {
  /// Whose the other end of an IPv4 loopback connection is.
  var peerOwner: SocketOwner {
    guard let here = localPort, let there = peerPort else { return .nobody }
    return SocketOwner.ofSocket(at: UInt16(there), talkingTo: UInt16(here))
  }

  private var peerPort: Int? {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(raw, $0, &size) }
    }
    return code == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
  }
}
