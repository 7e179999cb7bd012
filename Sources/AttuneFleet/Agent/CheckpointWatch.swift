#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Notices that a checkpoint was written, from outside: the directory or a file in it is newer than before.
struct CheckpointWatch {
  /// More files are not looked at one by one: a report must not wait for them.
  private static let fileLimit = 64

  private let directory: String
  /// When the attempt started, in nanoseconds since 1970: files have their times by that clock.
  private let started: Int
  private var newest: Int

  /// - Parameter elapsed: seconds since the attempt started.
  init(directory: String, elapsed: Double) {
    self.directory = directory
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    started = now.tv_sec * 1_000_000_000 + now.tv_nsec - Int(elapsed * 1e9)
    newest = Self.newest(in: directory)
  }

  /// Whether something was written since it was asked last.
  /// - Parameter elapsed: by that time, in seconds since the attempt started: reports are heard of late when a program makes many.
  mutating func hasChanged(by elapsed: Double = .infinity) -> Bool {
    let now = Self.newest(in: directory)
    guard now > newest, elapsed == .infinity || Double(now - started) <= elapsed * 1e9 else { return false }
    newest = now
    return true
  }

  /// Nanoseconds since 1970; 0 when there is nothing.
  private static func newest(in directory: String) -> Int {
    let names = Files.names(in: directory)
    guard !names.isEmpty else { return 0 }
    return names.prefix(fileLimit).map { time(of: "\(directory)/\($0)") }.max().map { max($0, time(of: directory)) } ?? 0
  }

  private static func time(of path: String) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    #if canImport(Glibc)
      return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    #else
      return status.st_mtimespec.tv_sec * 1_000_000_000 + status.st_mtimespec.tv_nsec
    #endif
  }
}
