import CAttuneSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends the processes of an attempt whose agent is gone for good, so that its trial can go on elsewhere without being run twice.
struct Eviction {
  /// Seconds that a supervisor has besides the grace period of its command.
  private static let patience = 5.0

  let files: AttemptFiles
  /// Seconds between SIGTERM and SIGKILL.
  let grace: Double

  /// Returns when no process is left. A program may save until the grace period is over.
  func run() async {
    let deadline = monotonicNanoseconds() + Int((grace + Self.patience) * 1e9)
    var isAsked = false
    while LockFile.isHeld(files.lock) {
      if !isAsked { isAsked = signal(SIGTERM) }
      if monotonicNanoseconds() > deadline { _ = signal(SIGKILL) }
      do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
    }
    // A supervisor that was killed has left its command to us.
    if !Files.exists(files.exit), supervisor > 0 { Orphans.kill(session: supervisor) }
  }

  /// The supervisor, as it wrote it down; 0 before that.
  private var supervisor: pid_t { LockFile.text(files.lock).split(separator: "\n").first.flatMap { pid_t(String($0)) } ?? 0 }

  /// - Returns: whether there was a supervisor to be told.
  private func signal(_ number: Int32) -> Bool {
    let pid = supervisor
    guard pid > 0 else { return false }
    let descriptor = attune_pidfd_open(pid)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // Still its own process, as it is still its lock.
    return LockFile.isHeld(files.lock) && attune_pidfd_signal(descriptor, number) == 0
  }
}
