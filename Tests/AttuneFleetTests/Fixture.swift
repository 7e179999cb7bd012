import AttuneCore
@testable import AttuneFleet
import Foundation
import Synchronization
import Testing

/// A directory of its own, the built executables, and a definition to vary. Removes the directory at its end.
final class Fixture: Sendable {
  let root: String
  private let troubles = Mutex<[String]>([])

  init() throws {
    var template = Array("/tmp/attune-test-XXXXXX".utf8CString)
    root = String(cString: try #require(mkdtemp(&template)))
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// Beside the test bundle.
  static func product(_ name: String) -> String {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let candidates = [bundle, URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../.build/debug")]
    return candidates.map { $0.appending(path: name).standardizedFileURL.path }.first(where: FileManager.default.isExecutableFile) ?? name
  }

  /// What the fleet found worth telling.
  var trouble: [String] { troubles.withLock { $0 } }

  /// Kills the agent that works in the directory, if there is one at the moment.
  func killAgent(_ signal: Int32 = SIGKILL, in directory: String = "agent") {
    let lock = "\(root)/\(directory)/agent.lock"
    guard LockFile.isHeld(lock), let pid = AgentCard(reading: lock)?.pid else { return }
    let arguments = String(decoding: Files.read("/proc/\(pid)/cmdline") ?? [], as: UTF8.self)
    if arguments.contains(root) { kill(pid_t(pid), signal) }
  }

  func script(_ text: String, name: String = "script.sh") throws -> String {
    let path = "\(root)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  func write(_ text: String, to path: String) throws {
    try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  func text(_ path: String) -> String { (try? String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)) ?? "" }

  func definition(_ command: [String], slots: Int = 2, _ vary: (inout ExperimentDefinition) -> Void = { _ in }) throws
    -> ExperimentDefinition
  {
    let space = try SearchSpace([
      Parameter("lr", .float(lower: 0.001, upper: 1)), Parameter("momentum", .float(lower: 0, upper: 1)),
      Parameter("name", .choice(["a b", "c"])),
    ])
    var definition = ExperimentDefinition(
      name: "test", job: Job(command: command, directory: root), objective: Objective(metric: "accuracy", goal: .maximize), space: space,
      proposer: AlgorithmChoice("random"), scheduler: AlgorithmChoice("fifo"), resources: Resources(localSlots: slots),
      limits: Limits(grace: 5), seed: 1)
    vary(&definition)
    return definition
  }

  func options(_ vary: (inout LocalFleetOptions) -> Void = { _ in }) -> LocalFleetOptions {
    var options = LocalFleetOptions(
      experiment: "test", root: root, runtimeDirectory: root, executable: Self.product("AgentForTests"))
    options.supervisor = Self.product("attune-supervise")
    options.startLimit = 20
    options.onTrouble = { [weak self] line in self?.troubles.withLock { $0.append(line) } }
    vary(&options)
    return options
  }
}
