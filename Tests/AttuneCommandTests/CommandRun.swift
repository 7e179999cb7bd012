import Foundation
import Testing

/// The real `attune`, run in a folder of its own.
final class CommandRun {
  /// What a run left behind.
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  let folder: URL

  init() throws {
    folder = URL(filePath: NSTemporaryDirectory()).appending(path: "attune-\(UUID().uuidString.prefix(8))", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// What a test that failed has left running works here, and ends with it.
  deinit {
    let manager = FileManager.default
    for identifier in ((try? manager.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap({ Int32($0) }) {
      guard let place = try? manager.destinationOfSymbolicLink(atPath: "/proc/\(identifier)/cwd") else { continue }
      if place == folder.path || place.hasPrefix(folder.path + "/") { kill(identifier, SIGKILL) }
    }
    try? manager.removeItem(at: folder)
  }

  func write(_ text: String, to name: String) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }

  /// Runs to its end. A command that hangs hangs the test: none may.
  func attune(_ arguments: String..., input: String = "") async throws -> Result { try await finish(start(arguments, input: input)) }

  /// Starts and does not wait.
  /// - Parameter added: to the environment.
  func start(
    _ arguments: [String], executable: URL = CommandRun.executable, input: String = "", environment added: [String: String] = [:]
  ) throws -> Running {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["ATTUNE_STORE"] = nil
    environment["PYTHONPATH"] = Self.repository.appending(path: "Python").path
    // Discovery is this test's own: other tests run programs at the same time.
    environment["XDG_RUNTIME_DIR"] = folder.path
    environment["TMPDIR"] = folder.path
    process.environment = environment.merging(added) { $1 }
    let running = Running(process: process, output: Pipe(), errors: Pipe())
    process.standardOutput = running.output
    process.standardError = running.errors
    let answers = Pipe()
    process.standardInput = answers
    try process.run()
    answers.fileHandleForWriting.write(Data(input.utf8))
    try answers.fileHandleForWriting.close()
    return running
  }

  /// Waits on threads of its own: tests share few, and others run meanwhile.
  func finish(_ running: Running) async -> Result {
    async let output = Self.everything(from: running.output)
    async let errors = Self.everything(from: running.errors)
    let texts = await (output, errors)
    running.process.waitUntilExit()
    return Result(status: running.process.terminationStatus, output: texts.0, errors: texts.1)
  }

  private static func everything(from pipe: Pipe) async -> String {
    await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)) }.start()
    }
  }

  /// A started command.
  struct Running {
    let process: Process
    let output: Pipe
    let errors: Pipe
  }

  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Built beside the tests.
  static var executable: URL {
    let beside = Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "AttuneCommand")
    if let beside, FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
    return repository.appending(path: ".build/debug/AttuneCommand")
  }
}
