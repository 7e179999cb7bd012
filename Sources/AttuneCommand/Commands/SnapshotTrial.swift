import Foundation

/// Whether CRIU can take a snapshot of a process here: tried on one of our own, as its version alone says little.
enum SnapshotTrial {
  /// - Parameter version: what `criu --version` said.
  /// - Returns: whether it works, and a line for a person.
  static func run(version: String) -> (isGood: Bool, text: String) {
    let name = version.replacingOccurrences(of: "Version: ", with: "CRIU ")
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-criu-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    guard (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil,
      let victim = start(["sleep", "60"])
    else { return (false, "\(name): no process could be started to try it on") }
    defer {
      victim.terminate()
      victim.waitUntilExit()
    }
    let number = String(victim.processIdentifier)
    let dump = start(["criu", "dump", "--tree", number, "--images-dir", folder.path, "--log-file", "dump.log", "--shell-job"])
    dump?.waitUntilExit()
    if dump?.terminationStatus == 0 { return (true, "\(name): a snapshot of a process was taken") }
    let log = (try? String(contentsOf: folder.appending(path: "dump.log"), encoding: .utf8)) ?? ""
    let problem = log.split(separator: "\n").first { $0.contains("Error") } ?? "it says nothing (is it run as root?)"
    return (false, "\(name): no snapshot could be taken: \(problem.trimmingCharacters(in: .whitespaces))")
  }

  private static func start(_ command: [String]) -> Process? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return (try? process.run()) == nil ? nil : process
  }
}
