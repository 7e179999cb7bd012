import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The time a driver lives in: the system's, or a test's.
public protocol DriverClock: Sendable {
  /// Now.
  var now: Timestamp { get }
  /// Returns at that time, or earlier when the task is cancelled.
  func wait(until time: Timestamp) async
}

/// The machine's clock.
public struct SystemClock: DriverClock {
  /// The clock.
  public init() {}

  /// Now.
  public var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
  }

  /// Returns at that time, or earlier when the task is cancelled.
  public func wait(until time: Timestamp) async {
    try? await Task.sleep(for: .seconds(max(0, time - now)))
  }
}
