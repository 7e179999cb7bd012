import ArgumentParser
import AttuneFleet
import Foundation

struct AgentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Owns the processes of an experiment's trials on one machine; `attune run` starts it.",
    discussion: "It outlives its controller: `attune resume` meets it again. It leaves when it has had nothing to do for a minute.")

  @Option(help: "What its slots are called after.")
  var name: String
  @Option(help: "Its own directory: log, lock, spool.")
  var directory: String
  @Option(help: "The socket for its controller.")
  var socket: String
  @Option(help: "The socket for the programs it runs.")
  var hub: String
  @Option(help: "The path of attune-supervise.")
  var supervisor: String
  @Option(help: "Seconds without a controller and without an attempt after which it leaves.")
  var idle = 60.0
  @Option(help: "CRIU, for `suspend: criu`.")
  var criu = "criu"

  /// This program's own file.
  static var executablePath: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? Bundle.main.executablePath ?? CommandLine.arguments[0]
  }

  func run() async throws {
    do {
      try await AgentProcess.run(
        AgentOptions(name: name, directory: directory, socket: socket, hub: hub, supervisor: supervisor, idleSeconds: idle, criu: criu))
    } catch {
      throw Failure(.failed, "\(error)")
    }
  }
}
