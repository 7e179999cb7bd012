import CAttuneSystem
import Dispatch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A process that can be signalled and waited for and that cannot come to mean another one, whoever its parent is.
final class ProcessHandle {
  let pid: pid_t
  private let descriptor: Int32
  private let source: any DispatchSourceRead

  /// - Parameter onEnd: called once on the queue, when the process has ended.
  init(pid: pid_t, queue: DispatchQueue, onEnd: @escaping @Sendable () -> Void) throws(FleetError) {
    let descriptor = attune_pidfd_open(pid)
    guard descriptor >= 0 else { throw .system(action: "watch the process", path: String(pid), code: -descriptor) }
    self.pid = pid
    self.descriptor = descriptor
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    source.setEventHandler { [source] in
      source.cancel()
      onEnd()
    }
    source.setCancelHandler { close(descriptor) }
    source.activate()
  }

  deinit { source.cancel() }

  /// Sends a signal; to a process that has ended it does nothing.
  func signal(_ signal: Int32) { _ = attune_pidfd_signal(descriptor, signal) }

  /// Takes the exit status from the system, when the process is a child that has ended.
  func reap() {
    var status: Int32 = 0
    waitpid(pid, &status, WNOHANG)
  }
}

/// Processes whose supervisor was killed.
enum Orphans {
  /// Kills every process of the session that the supervisor of that id had opened. The id cannot belong to another session while
  /// one of its processes lives.
  static func kill(session: pid_t) {
    for process in Files.names(in: "/proc").compactMap(pid_t.init) where process != session && getsid(process) == session {
      _ = systemKill(process, SIGKILL)
    }
  }
}

// `Orphans.kill` hides the system's.
private func systemKill(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }
