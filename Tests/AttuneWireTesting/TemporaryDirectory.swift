#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneWire

/// A directory of mode 0700 with a short path, removed with everything in it when the test lets go of it.
public final class TemporaryDirectory: Sendable {
  /// The directory.
  public let path: String

  /// Makes it.
  public init() throws {
    var template = Array("/tmp/attune-test-XXXXXX".utf8CString)
    guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil else {
      throw WireError.unsafeDirectory("/tmp", String(cString: strerror(errno)))
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// A socket in it.
  public func socket(_ name: String = "s") -> SocketAddress { .unix(path: "\(path)/\(name)") }

  /// What is in it, in order.
  public var names: [String] { Self.names(in: path) }

  /// A link is removed, not followed.
  private static func remove(_ path: String) {
    guard unlink(path) != 0 else { return }
    for name in names(in: path) { remove("\(path)/\(name)") }
    rmdir(path)
  }

  private static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Writes a file.
  public func write(_ text: String, to name: String) -> String {
    let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = Array(text.utf8).withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
    close(file)
    return "\(path)/\(name)"
  }

  /// Reads a file of at most a mebibyte.
  public func read(_ name: String) -> String {
    let file = open("\(path)/\(name)", O_RDONLY)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = bytes.withUnsafeMutableBytes { systemRead(file, $0.baseAddress, $0.count) }
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

// Free functions, because inside the class its own `write` and `read` hide the system's.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(file, bytes, count) }
