#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import AttuneWire

/// Since when this process runs, fixed once, so that later questions cost one clock reading.
struct ProcessAge: Sendable {
  /// Its start, in seconds since 1970-01-01 UTC.
  let began: Double
  private let base: Double
  private let moment = Moment.now

  init() {
    base = Self.secondsSinceStart() ?? 0
    began = wallClockSeconds() - base
  }

  /// Seconds since the process's start; where the system does not tell it, since Attune was first used.
  var seconds: Double { base + (Moment.now - moment) }

  /// What the kernel says: the start is in its ticks since boot (proc(5), `starttime`, the 22nd field).
  private static func secondsSinceStart() -> Double? {
    #if canImport(Glibc)
      guard let bytes = contents(ofFile: "/proc/self/stat"), let nameEnd = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
      let fields = bytes[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
      guard fields.count > 19, let ticks = Double(String(decoding: fields[19], as: UTF8.self)) else { return nil }
      var now = timespec()
      guard clock_gettime(CLOCK_BOOTTIME, &now) == 0 else { return nil }
      let age = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
      return age >= 0 ? age : nil
    #else
      return nil
    #endif
  }
}
