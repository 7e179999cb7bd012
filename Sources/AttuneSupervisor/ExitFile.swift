import AttuneValues

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `exit.json`: how the command ended, there as a whole or not at all.
///
/// `{"status": 0, "seconds": 1.5}`, `{"signal": 9, …}` or `{"error": "cannot run 'x': …", …}`; with `"timeLimit": true` when the
/// limit caused it, or with `"snapshot": true` when its processes
/// are in a snapshot. Its room on the disk is taken before the command starts, by the agent or here, so that a disk the command fills does
/// not hide its end.
struct ExitFile {
  enum Ending {
    case notStarted(String)
    /// `status` as `waitpid` gives it.
    case ended(status: Int32, isOverTime: Bool)
    /// There is a snapshot, and no process any more.
    case suspended
  }

  private static let room = 4096
  private let descriptor: Int32
  private let draft: String
  private let path: String

  init?(directory: String) {
    path = "\(directory)/exit.json"
    draft = "\(directory)/exit.json.draft"
    descriptor = open(draft, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: Self.room)
    guard descriptor >= 0, write(descriptor, spaces, Self.room) == Self.room else { return nil }
  }

  func keep(_ ending: Ending, seconds: Double) {
    let bytes = Array(Self.document(ending, seconds: seconds).text.utf8)
    guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { return }
    _ = ftruncate(descriptor, bytes.count)
    _ = rename(draft, path)
  }

  private static func document(_ ending: Ending, seconds: Double) -> JSON {
    switch ending {
    case .notStarted(let message):
      return ["error": .string(String(message.prefix(2000))), "seconds": .float(seconds)]
    case .suspended: return ["status": 75, "snapshot": true, "seconds": .float(seconds)]
    case .ended(let status, let isOverTime):
      let signal = status & 0x7F
      let cause: (String, JSON) = signal == 0 ? ("status", .int(Int(status >> 8 & 0xFF))) : ("signal", .int(Int(signal)))
      return .object([cause.0: cause.1, "seconds": .float(seconds), "timeLimit": .bool(isOverTime)])
    }
  }
}
