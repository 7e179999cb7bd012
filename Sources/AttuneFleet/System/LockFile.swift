import CAttuneSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file whose lock says that a process lives: the system takes it away with the process, however that ends.
///
/// The lock belongs to the open file, so a child that inherits the descriptor keeps it after the parent.
struct LockFile {
  let path: String
  let descriptor: Int32

  /// Opens it, made where missing, and takes the lock.
  /// - Returns: `nil` when another process has it.
  init?(taking path: String) throws(FleetError) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Files.failure("open", path) }
    guard attune_lock(file) == 0 else {
      close(file)
      return nil
    }
    self.path = path
    descriptor = file
  }

  /// Whether a process has it. False when there is no such file.
  static func isHeld(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return attune_is_locked(file) != 0
  }

  /// What its holder wrote into it.
  static func text(_ path: String) -> String {
    String(decoding: Files.read(path) ?? [], as: UTF8.self)
  }

  /// Replaces what is written in it.
  func write(_ text: String) {
    _ = ftruncate(descriptor, 0)
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  /// Closes this process's handle; the lock is free when no other process inherited it.
  func letGo() { close(descriptor) }
}
