#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A blocking connection to a socket file, without any comfort: what a client written in C would do.
public final class PlainSocket {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)

  /// Connects, or ends the process.
  public init(_ path: String) {
    #if canImport(Glibc)
      descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    guard code == 0 else {
      say("cannot reach \(path): \(String(cString: strerror(errno)))")
      exitFailing()
    }
  }

  deinit { close(descriptor) }

  /// Sends all of it, or ends the process.
  public func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent) }
      guard count > 0 else { exitFailing() }
      sent += count
    }
  }

  /// Reads until so many lines have come.
  /// - Returns: how many of them tell an error.
  @discardableResult
  public func awaitLines(_ wanted: Int) -> Int {
    var lines = 0
    var refusals = 0
    while lines < wanted {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { exitFailing() }
      for byte in buffer[..<count] where byte == UInt8(ascii: "\n") { lines += 1 }
      // `{"error"` comes first in a refusal: members are in the order of their names.
      if count > 2, buffer[2] == UInt8(ascii: "e") { refusals += 1 }
    }
    return refusals
  }
}
