import AttuneSnapshots
import CAttuneSystem
import Foundation

/// Whether CRIU can take a snapshot of a process here and bring it back: tried on one of our own, as its version alone says little.
struct SnapshotTrial {
  private let tool: SnapshotTool
  private let folder: URL

  /// - Returns: whether it works, and a line for a person.
  static func run() -> (isGood: Bool, text: String) {
    let tool = SnapshotTool(program: SnapshotTool.program(in: ProcessInfo.processInfo.environment), isRoot: geteuid() == 0)
    guard let version = output(of: tool.version) else {
      let place = tool.program == "criu" ? "not found" : "'\(tool.program)' (\(SnapshotTool.variable)) cannot be run"
      return (
        false,
        "\(place); only `suspend: criu` needs it. apt-get install criu; on Linux 6 and later 4.1 or newer, as in Debian 13. "
          + "\(SnapshotTool.variable)=PATH says where it is otherwise"
      )
    }
    let name = version.replacingOccurrences(of: "Version: ", with: "CRIU ")
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-criu-\(UUID().uuidString)").resolvingSymlinksInPath()
    defer { try? FileManager.default.removeItem(at: folder) }
    guard (try? FileManager.default.createDirectory(at: folder.appending(path: "images"), withIntermediateDirectories: true)) != nil else {
      return (false, "\(name): '\(folder.path)' cannot be made to try it in")
    }
    if let problem = SnapshotTrial(tool: tool, folder: folder).problem() { return (false, "\(name): \(problem)") }
    return (true, "\(name): a snapshot of a process was taken and brought back")
  }

  /// Takes a snapshot of a process that sleeps, ends it, brings it back and ends it again.
  private func problem() -> String? {
    let (output, errors) = (folder.appending(path: "stdout").path, folder.appending(path: "stderr").path)
    guard let victim = start(["sleep", "60"], output, errors) else { return "no process could be started to try it on" }
    let images = folder.appending(path: "images").path
    let dumped = run(tool.dump(victim, into: images, workingIn: folder.path))
    end(victim)
    guard dumped == 0 else { return "no snapshot could be taken: \(complaint(dumped))" }
    let restored = run(tool.restore(from: images, workingIn: folder.path, output: output, errors: errors), output, errors)
    guard restored == 0 else { return "a snapshot was taken, but could not be brought back: \(complaint(restored))" }
    let written = (try? String(contentsOf: folder.appending(path: SnapshotTool.processFile), encoding: .utf8)) ?? ""
    let process = pid_t(written.trimmingCharacters(in: .whitespacesAndNewlines)) ?? victim
    guard kill(process, 0) == 0 else { return "a snapshot was taken, but could not be brought back: there is no process \(process)" }
    end(process)
    return nil
  }

  private func complaint(_ status: Int32) -> String {
    let log = (try? String(contentsOf: folder.appending(path: SnapshotTool.log), encoding: .utf8)) ?? ""
    return SnapshotProblem(log: log, status: status).message
  }

  /// As a supervisor starts it: a library's way of starting processes may leave a socket in them, which no snapshot can hold.
  private func start(_ command: [String], _ output: String, _ errors: String) -> pid_t? {
    let files: [Int32] = [
      open("/dev/null", O_RDONLY | O_CLOEXEC), open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600),
      open(errors, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600),
    ]
    defer { for file in files where file >= 0 { close(file) } }
    guard files.allSatisfy({ $0 >= 0 }) else { return nil }
    // What this process was given beside the usual three is nobody else's, and may be a socket, too.
    for number in 3..<Int32(1024) { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    arguments.append(nil)
    var step = ATTUNE_SPAWN_FORK
    let process = attune_spawn(arguments, "/", files[0], files[1], files[2], &step)
    return process > 0 ? process : nil
  }

  /// - Returns: the status, as `waitpid` gives it.
  private func run(_ command: [String], _ output: String = "/dev/null", _ errors: String = "/dev/null") -> Int32 {
    var status: Int32 = 127 << 8
    if let process = start(command, output, errors) { waitpid(process, &status, 0) }
    return status
  }

  private func end(_ process: pid_t) {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
  }

  /// The first line a command prints; `nil` when it fails.
  private static func output(of command: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }
}
