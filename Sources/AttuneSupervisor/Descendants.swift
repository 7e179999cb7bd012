#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The processes below this one, those included that left the group or the session. Read from `/proc`, a snapshot.
enum Descendants {
  static func all() -> [pid_t] { below(getpid()) }

  /// The processes below that one.
  static func below(_ root: pid_t) -> [pid_t] {
    var children: [pid_t: [pid_t]] = [:]
    for process in processes() {
      if let parent = parent(of: process) { children[parent, default: []].append(process) }
    }
    var found: [pid_t] = []
    var next = children[root] ?? []
    while let process = next.popLast() {
      found.append(process)
      next += children[process] ?? []
    }
    return found
  }

  /// Whether the process does nothing any more until it is continued, or ever.
  static func isStopped(_ process: pid_t) -> Bool {
    guard let state = fields(of: process)?.first else { return true }
    return ["T", "t", "Z", "X"].contains(state)
  }

  /// Whether nothing is left of the process but its status.
  static func isEnded(_ process: pid_t) -> Bool {
    guard let state = fields(of: process)?.first else { return true }
    return ["Z", "X"].contains(state)
  }

  /// Bytes of memory that the process has for itself, and its share of those that it has together with others.
  static func memory(of process: pid_t) -> Int {
    guard let lines = text(of: "/proc/\(process)/smaps_rollup")?.split(separator: UInt8(ascii: "\n")) else { return 0 }
    for line in lines {
      let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
      if words.first == "Pss:", words.count > 1 { return (Int(words[1]) ?? 0) * 1024 }
    }
    return 0
  }

  private static func processes() -> [pid_t] {
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var processes: [pid_t] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let process = pid_t(name) { processes.append(process) }
    }
    return processes
  }

  private static func parent(of process: pid_t) -> pid_t? {
    guard let fields = fields(of: process), fields.count > 1 else { return nil }
    return pid_t(fields[1])
  }

  /// `/proc/PID/stat` from the third field on; the second is a name in parentheses that may hold anything.
  private static func fields(of process: pid_t) -> [String]? {
    guard let bytes = text(of: "/proc/\(process)/stat"), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    return bytes[(end + 1)...].split(separator: UInt8(ascii: " ")).prefix(2).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The beginning of a file of the system's; `nil` when the process is gone.
  private static func text(of path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : nil
  }
}
