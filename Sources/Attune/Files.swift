#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneValues

/// The whole content of a file.
/// - Returns: `nil` when it cannot be read.
func contents(ofFile path: String) -> [UInt8]? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(file, &chunk, chunk.count)
    if count == 0 { return bytes }
    if count < 0 {
      if errno == EINTR { continue }
      return nil
    }
    bytes.append(contentsOf: chunk[..<count])
  }
}

/// A file of JSON lines that is only ever appended to: `ATTUNE_RECORD`, `ATTUNE_REPORTS`.
final class LineFile: Sendable {
  private let file: Int32

  /// - Returns: `nil` when the file cannot be opened for appending.
  init?(path: String) {
    file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    if file < 0 { return nil }
  }

  deinit { close(file) }

  /// - Returns: whether the whole line was written.
  @discardableResult
  func append(_ document: JSON) -> Bool {
    var line: [UInt8] = []
    document.write(to: &line)
    line.append(UInt8(ascii: "\n"))
    return write(file, line, line.count) == line.count
  }
}

/// Says one line on stderr: all that a library under a program may say, and only when something of it does not work.
func warnOnStandardError(_ problem: String) { sayOnStandardError("attune: \(problem)") }

/// Says one line on stderr, as it is.
func sayOnStandardError(_ text: String) {
  let line = Array("\(text)\n".utf8)
  _ = write(STDERR_FILENO, line, line.count)
}

/// This process.
var processID: Int { Int(getpid()) }

/// Calls `LiveRegistry.shared.finish()` when the program ends by itself.
func finishAtExit() {
  atexit { LiveRegistry.shared.finish() }
}

/// Whether the program has a handler of its own for Ctrl-C or SIGTERM, which by themselves would have ended it.
var handlesBeingEnded: Bool {
  [SIGINT, SIGTERM].contains { signal in
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return false }
    #if canImport(Glibc)
      let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    #else
      let handler = unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self)
    #endif
    // SIG_DFL is 0 and SIG_IGN is 1.
    return handler > 1 || handler < 0
  }
}

/// `CUDA_VISIBLE_DEVICES`: the GPUs that this process may use, none when it is empty; `nil` for all.
var visibleGPUs: String? { getenv("CUDA_VISIBLE_DEVICES").map { String(cString: $0) } }
