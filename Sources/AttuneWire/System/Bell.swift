#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A pipe to wake a thread that waits in poll. Ringing twice before it is heard is one ring.
///
/// Linux opens a pipe once more for reading and writing: then one descriptor of the program's is enough.
package final class Bell: Sendable {
  let hearing: Descriptor
  private let ringing: Descriptor

  /// - Throws: `WireError.system` when the process has no descriptors left.
  package init() throws(WireError) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw .system("a wake-up pipe", systemMessage(errno)) }
    let both = open("/proc/self/fd/\(ends[0])", O_RDWR | O_CLOEXEC)
    if both >= 0 {
      close(ends[0])
      close(ends[1])
    }
    hearing = Descriptor(raw: both >= 0 ? both : ends[0])
    ringing = both >= 0 ? hearing : Descriptor(raw: ends[1])
    hearing.configure()
    ringing.configure()
  }

  deinit {
    hearing.close()
    if ringing != hearing { ringing.close() }
  }

  /// Wakes the waiting thread; from any thread.
  package func ring() {
    var byte: UInt8 = 1
    _ = write(ringing.raw, &byte, 1)
  }

  /// Forgets the rings so far.
  func silence() {
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      while case .moved = hearing.receive(into: buffer) {}
    }
  }

  /// Waits for a ring.
  /// - Returns: `false` when none came in time.
  package func wait(until deadline: Moment) -> Bool {
    guard hearing.wait(for: Int32(POLLIN), until: deadline) else { return false }
    silence()
    return true
  }

  /// Waits for a ring, and leaves it to be heard by others who wait.
  /// - Returns: `false` when a signal's handler has run on this thread before.
  package func waitAsOneOfMany() -> Bool {
    var entry = pollfd(fd: hearing.raw, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, -1) >= 0 || errno != EINTR
  }
}
