#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Copies a directory that a program may be writing into at this moment.
///
/// The copy is made aside and renamed at the end, so that half of one is never taken for a checkpoint; and it counts only if
/// nothing in the source moved meanwhile. Links are copied as links; sockets and pipes are left out.
struct CheckpointCopy {
  /// How long the source must have been quiet, and how often that is waited for.
  private static let quietNanoseconds = 50_000_000
  private static let tries = 200

  let source: String
  let target: String
  private var draft: String { target + ".draft" }

  /// - Returns: whether there was something to copy; true also when the target is there already.
  /// - Throws: `FleetError` when the disk refuses, or the source never comes to rest.
  func make() throws(FleetError) -> Bool {
    if Files.exists(target) { return true }
    for _ in 0..<Self.tries {
      let before = Self.state(of: source)
      guard !before.isEmpty else { return false }
      if before.allSatisfy(\.isAtRest) {
        try Files.removeAll(draft)
        try Files.makeDirectory(target.split(separator: "/").dropLast().map { "/" + $0 }.joined())
        try Self.copy(source, to: draft)
        if Self.state(of: source) == before {
          guard rename(draft, target) == 0 else { throw Files.failure("make the directory", target) }
          return true
        }
      }
      usleep(UInt32(Self.quietNanoseconds / 1000))
    }
    try Files.removeAll(draft)
    throw .system(action: "copy", path: source, code: EBUSY)
  }

  /// Something in a directory, as far as a look from outside tells.
  private struct Entry: Hashable {
    let path: String
    let size: Int
    let nanoseconds: Int

    var isAtRest: Bool {
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      let age = now.tv_sec * 1_000_000_000 + now.tv_nsec - nanoseconds
      // A time in the future is some other machine's clock.
      return age < 0 || age > CheckpointCopy.quietNanoseconds
    }
  }

  private static func state(of directory: String) -> [Entry] {
    Files.names(in: directory).flatMap { name -> [Entry] in
      let path = "\(directory)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { return [] }
      let entry = Entry(path: path, size: Int(status.st_size), nanoseconds: modified(status))
      return [entry] + (status.st_mode & S_IFMT == S_IFDIR ? state(of: path) : [])
    }
  }

  private static func copy(_ source: String, to target: String) throws(FleetError) {
    guard mkdir(target, 0o700) == 0 else { throw Files.failure("make the directory", target) }
    for name in Files.names(in: source) {
      let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
      var status = stat()
      // What is gone by now makes the whole copy void anyway.
      guard lstat(from, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try copy(from, to: to)
      case S_IFREG: try copyFile(from, to: to, mode: status.st_mode & 0o777)
      case S_IFLNK: try copyLink(from, to: to)
      default: break
      }
    }
  }

  private static func copyFile(_ source: String, to target: String, mode: mode_t) throws(FleetError) {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else {
      if errno == ENOENT { return }
      throw Files.failure("read", source)
    }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard output >= 0 else { throw Files.failure("write", target) }
    defer { close(output) }
    var offset = 0
    while true {
      guard let bytes = Files.readChunk(input, at: offset, atMost: 1 << 20) else { throw Files.failure("read", source) }
      if bytes.isEmpty { return }
      guard Files.writeAll(bytes, to: output) else { throw Files.failure("write", target) }
      offset += bytes.count
    }
  }

  private static func copyLink(_ source: String, to target: String) throws(FleetError) {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink(source, &buffer, Int(PATH_MAX)) >= 0 else { throw Files.failure("read", source) }
    guard symlink(buffer, target) == 0 else { throw Files.failure("write", target) }
  }

  private static func modified(_ status: stat) -> Int {
    #if canImport(Glibc)
      status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    #else
      status.st_mtimespec.tv_sec * 1_000_000_000 + status.st_mtimespec.tv_nsec
    #endif
  }
}
