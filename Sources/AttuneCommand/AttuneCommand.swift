import ArgumentParser
import Foundation

/// `attune`: the only place that knows all the rooms.
@main
struct AttuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attune",
    abstract: "Explores hyperparameters, and tunes programs while they run.",
    version: "0.1.0",
    subcommands: [
      InitCommand.self, RunCommand.self, ResumeCommand.self, StatusCommand.self, BestCommand.self, StopCommand.self, SpaceCommand.self,
      PsCommand.self,
      GetCommand.self, SetCommand.self, FireCommand.self, WatchCommand.self, ReplayCommand.self, ForkCommand.self, EffectCommand.self,
      SavingsCommand.self, ImportanceCommand.self, AskCommand.self, TellCommand.self, DoctorCommand.self, AgentCommand.self,
    ])

  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parsed()
      if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
    } catch {
      Failure.exit(with: error)
    }
  }

  /// Scripts call these two once a trial, and to go through the tree of all commands takes longer than what they do. What cannot be
  /// parsed so is parsed again, for a message in the usual form.
  private static func parsed() throws -> any ParsableCommand {
    let words = Array(CommandLine.arguments.dropFirst())
    let rest = Array(words.dropFirst())
    if words.first == "ask", let command = try? AskCommand.parse(rest) { return command }
    if words.first == "tell", let command = try? TellCommand.parse(rest) { return command }
    return try parseAsRoot()
  }
}
