import AttuneCore
import Foundation
import Synchronization

/// Shows on the terminal what an attempt writes into its files.
final class OutputCopy: Sendable {
  private let sources: [(path: String, target: FileHandle)]
  private let offsets = Mutex<[UInt64]>([0, 0])

  init(folder: URL, attempt: AttemptID, isQuiet: Bool) {
    let directory = folder.appending(path: "trials/\(attempt.trial)/attempts/\(attempt.number)")
    sources = [
      (directory.appending(path: "stdout.log").path, isQuiet ? .standardError : .standardOutput),
      (directory.appending(path: "stderr.log").path, .standardError),
    ]
  }

  /// Copies what comes, ten times a second, until the task is cancelled.
  func follow() async {
    while !Task.isCancelled {
      copy()
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Copies what was added since the last call.
  func copy() {
    offsets.withLock { offsets in
      for (index, source) in sources.enumerated() {
        guard let file = FileHandle(forReadingAtPath: source.path) else { continue }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: offsets[index])) != nil, let data = try? file.readToEnd(), !data.isEmpty else { continue }
        offsets[index] += UInt64(data.count)
        source.target.write(data)
      }
    }
  }
}
