#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files of agents and attempts: mode 0600, in directories of mode 0700.
enum Files {
  /// Makes the directory and those above it, where missing.
  static func makeDirectory(_ path: String) throws(FleetError) {
    if mkdir(path, 0o700) == 0 || (errno == EEXIST && isDirectory(path)) { return }
    guard errno == ENOENT, let parent = parent(of: path) else { throw failure("make the directory", path) }
    try makeDirectory(parent)
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("make the directory", path) }
  }

  /// Puts a file there as a whole: whoever reads it sees the old one or the new one.
  static func write(_ bytes: [UInt8], to path: String) throws(FleetError) {
    let draft = path + ".draft"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure("write", path) }
    defer { close(descriptor) }
    guard writeAll(bytes, to: descriptor), rename(draft, path) == 0 else {
      let problem = failure("write", path)
      unlink(draft)
      throw problem
    }
  }

  /// The file's bytes; `nil` when there is none that can be read.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      let chunk = readChunk(descriptor, at: bytes.count, atMost: 1 << 16)
      guard let chunk else { return nil }
      if chunk.isEmpty { return bytes }
      bytes += chunk
    }
  }

  /// Up to `count` bytes from `offset`; empty at the end, `nil` on an error.
  static func readChunk(_ descriptor: Int32, at offset: Int, atMost count: Int) -> [UInt8]? {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
      failed = result < 0
      filled = max(0, result)
    }
    return failed ? nil : bytes
  }

  /// Whether all of it was written.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = systemWrite(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }

  /// Whether anything is there.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a directory, sorted; empty when it cannot be read.
  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The end of a text file: at most that many lines and bytes, whole lines where possible.
  static func tail(of path: String, lines: Int = 20, bytes: Int = 4096) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard let end = readChunk(descriptor, at: max(0, size - bytes), atMost: bytes) else { return "" }
    let text = String(decoding: end, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    var last = text.last == "" ? text.dropLast() : text[...]
    if size > bytes, last.count > 1 { last = last.dropFirst() }
    return last.suffix(lines).joined(separator: "\n")
  }

  static func failure(_ action: String, _ path: String) -> FleetError { .system(action: action, path: path, code: errno) }

  private static func parent(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return nil }
    return String(path[..<slash])
  }
}

// `Files.write` hides the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }

/// The system's words for an errno.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) }

/// Nanoseconds of a clock that no one sets and that all processes of the machine share.
func monotonicNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
