import AttuneWire
import AttuneWireTesting
import Foundation

/// A rank in a process of its own: `RankWorker`.
final class RankProcess {
  let process = Process()
  private let output = Pipe()
  private let errors = Pipe()

  init(_ rank: Int, of world: Int, in directory: TemporaryDirectory, seed: Int, from step: Int = 0, pace: Int = 1500, patience: Int = 5000)
    throws
  {
    let beside = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "RankWorker")
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let isBeside = FileManager.default.isExecutableFile(atPath: beside?.path ?? "")
    process.executableURL = isBeside ? beside : root.appending(path: ".build/debug/RankWorker")
    process.arguments = [seed, pace, step, patience].map(String.init)
    process.environment = [
      "ATTUNE_RANK": "\(rank)", "ATTUNE_WORLD": "\(world)", "ATTUNE_GROUP": "\(directory.path)/g", "XDG_RUNTIME_DIR": directory.path,
    ]
    process.standardOutput = output
    process.standardError = errors
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Waits for its first line: what it holds once it has joined.
  func joined() -> String { String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) }

  /// A connection to it; only the leader has a socket.
  func client(_ directory: TemporaryDirectory) throws -> WireClient {
    let runtime = RuntimeDirectory(path: "\(directory.path)/attune")
    return try WireClient(dialing: runtime.programAddress(name: "RankWorker", pid: Int(process.processIdentifier)))
  }

  /// Waits for its end; what it has printed since it joined, and what it said on stderr.
  func end() -> (lines: [String], problems: String) {
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let problems = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return (text.split(separator: "\n").map(String.init), problems)
  }
}
