import ArgumentParser
import CAttuneSystem
import Dispatch
import Foundation

/// `attune`: the only place that knows all the rooms.
@main
struct AttuneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attune",
    abstract: "Explores hyperparameters, and tunes programs while they run.",
    version: "0.1.0",
    subcommands: [
      InitCommand.self, RunCommand.self, ResumeCommand.self, StatusCommand.self, BestCommand.self, StopCommand.self, SuspendCommand.self,
      SpaceCommand.self,
      AddCommand.self, PsCommand.self, GetCommand.self, SetCommand.self, FireCommand.self, WatchCommand.self, ReplayCommand.self,
      ForkCommand.self, EffectCommand.self, SavingsCommand.self, ImportanceCommand.self, PredictCommand.self, SimulateCommand.self,
      ExportCommand.self, AskCommand.self, TellCommand.self,
      DashboardCommand.self, DoctorCommand.self, AgentCommand.self,
    ])

  /// Not `async`, because there are threads before such a one begins.
  static func main() {
    signal(SIGPIPE, SIG_IGN)
    if isOften { attune_live_briefly() }
    Task {
      do {
        try await runQuickly()
        var command = try parseAsRoot()
        if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        Foundation.exit(EXIT_SUCCESS)
      } catch {
        Failure.exit(with: error)
      }
    }
    dispatchMain()
  }

  /// Whether it is what scripts call once a trial.
  private static var isOften: Bool {
    let words = CommandLine.arguments
    return words.count > 1 && (words[1] == "tell" || words[1] == "ask" && !words.contains("--serve"))
  }

  /// What scripts call once a trial, in its plain forms; it does not return then.
  private static func runQuickly() async throws {
    let words = CommandLine.arguments.dropFirst()
    switch words.first {
    case "ask": try await Asking(quick: words.dropFirst())?.run()
    case "tell": try await TellingOnce(quick: words.dropFirst())?.run()
    default: break
    }
  }
}
