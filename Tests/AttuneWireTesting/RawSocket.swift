#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneWire

/// A blocking client without manners: sends any bytes, half-closes, stays silent.
public final class RawSocket {
  private let descriptor: Int32

  /// Connects to a socket file.
  public init(_ address: SocketAddress) throws {
    #if canImport(Glibc)
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    var system = sockaddr_un()
    system.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &system.sun_path) { $0.copyBytes(from: Array(address.description.utf8)) }
    let code = withUnsafePointer(to: &system) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    guard code == 0 else { throw WireError.cannotDial(address, String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  /// Sends everything, as far as the other side takes it.
  public func send(_ text: String) { send(Array(text.utf8)) }

  /// Sends everything, as far as the other side takes it.
  public func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Says that nothing more will come from here.
  public func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Reads until so many lines are there, the other side closes, or nothing has come for 20 seconds.
  public func lines(atMost limit: Int = .max) -> [String] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < limit {
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&entry, 1, 20_000) > 0 else { break }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count <= 0 { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

// A free function, because inside the class its own `send` hides the system's.
private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Glibc)
    send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
  #else
    send(descriptor, bytes, count, 0)
  #endif
}
