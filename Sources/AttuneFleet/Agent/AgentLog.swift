#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The agent's own log: a line a note, with the time (UTC).
struct AgentLog: Sendable {
  let path: String

  func note(_ text: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = Files.writeAll(Array("\(Self.now()) \(text)\n".utf8), to: descriptor)
  }

  private static func now() -> String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
