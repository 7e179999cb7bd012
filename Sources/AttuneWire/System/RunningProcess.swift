#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A process of this machine that lives, by its number.
package struct RunningProcess {
  /// When it started, in seconds since 1970; `nil` where the system does not tell.
  package let started: Double?
  /// Whether it is stopped by a signal, and does nothing until it is continued.
  package let isStopped: Bool

  /// - Returns: `nil` when there is no such process, or it has ended and waits for its parent to notice.
  package init?(_ pid: Int) {
    guard let number = pid_t(exactly: pid), number > 0, kill(number, 0) == 0 || errno == EPERM else { return nil }
    // The fields behind the name, which stands in parentheses and may hold anything: state first, start in ticks since boot as the 20th.
    guard let text = Self.status(of: number), let close = text.lastIndex(of: UInt8(ascii: ")")) else {
      (started, isStopped) = (nil, false)
      return
    }
    let fields = text[(close + 1)...].split(separator: UInt8(ascii: " "))
    if fields.first?.first == UInt8(ascii: "Z") { return nil }
    isStopped = fields.first?.first == UInt8(ascii: "T")
    guard fields.count > 19, let ticks = Double(String(decoding: fields[19], as: UTF8.self)) else {
      started = nil
      return
    }
    started = wallClockSeconds() - Self.secondsSinceBoot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func status(of pid: pid_t) -> [UInt8]? {
    let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : nil
  }

  private static var secondsSinceBoot: Double {
    var time = timespec()
    #if canImport(Glibc)
      clock_gettime(CLOCK_BOOTTIME, &time)
    #else
      clock_gettime(CLOCK_MONOTONIC, &time)
    #endif
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
