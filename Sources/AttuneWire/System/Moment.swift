#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A point of the monotonic clock; deadlines are kept in it, so that a changed wall clock moves none.
package struct Moment: Comparable, Sendable {
  let nanoseconds: Int64

  /// Now.
  package static var now: Moment {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  /// That long from now.
  package static func after(_ delay: Duration) -> Moment {
    now.later(by: delay)
  }

  func later(by delay: Duration) -> Moment {
    let (seconds, attoseconds) = delay.components
    return Moment(nanoseconds: nanoseconds &+ seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
  }

  package static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Seconds from the right moment to the left one.
  package static func - (left: Moment, right: Moment) -> Double { Double(left.nanoseconds - right.nanoseconds) / 1e9 }

  var isPast: Bool { self <= .now }

  /// For poll: rounded up, so that waking early and polling again does not spin.
  var millisecondsLeft: Int32 {
    let left = nanoseconds - Moment.now.nanoseconds
    return left <= 0 ? 0 : Int32(clamping: (left + 999_999) / 1_000_000)
  }
}

/// Seconds since 1970-01-01 UTC, for records that people read.
package func wallClockSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
