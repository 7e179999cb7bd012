import CAttuneSystem
import Foundation

/// Held by the one controller of an experiment for as long as its process lives; the system gives it back, whatever kills it.
struct ControllerLock: ~Copyable {
  private let descriptor: Int32

  /// - Parameter patience: a controller that dies while it starts a process leaves the lock to that process until it becomes another
  ///   program, milliseconds later.
  /// - Throws: `Failure` when another controller holds it, or the folder cannot be written.
  init(in folder: URL, patience: Duration = .milliseconds(300)) throws {
    // Nothing is stored before the lock is ours: what is stored is closed by `deinit`, also when this throws.
    descriptor = try Self.locked(Self.path(in: folder), of: folder.lastPathComponent, patience)
  }

  private static func locked(_ path: String, of experiment: String, _ patience: Duration) throws -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Failure(.badInput, "\(path): cannot be written (\(String(cString: strerror(errno))))") }
    let deadline = ContinuousClock.now + patience
    while attune_lock(descriptor) != 0 {
      guard ContinuousClock.now < deadline else {
        close(descriptor)
        throw Failure(
          .badInput, "experiment '\(experiment)' has a controller already; `attune status` shows it, `attune stop` ends it",
          isHeld: true)
      }
      usleep(2000)
    }
    return descriptor
  }

  deinit { close(descriptor) }

  /// Whether a controller is at work. Looking keeps none from taking the lock.
  static func isHeld(in folder: URL) -> Bool {
    let descriptor = open(path(in: folder), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return attune_is_locked(descriptor) != 0
  }

  private static func path(in folder: URL) -> String { folder.appending(path: "controller.lock").path }
}
