import ArgumentParser
import AttuneValues

struct StopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Ends a running experiment, or one of its trials; what was reached is kept.")

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(help: "End this trial only.")
  var trial: Int?
  @OptionGroup var place: StoreOption

  func run() async throws {
    let address = try TargetOptions.controllerAddress(experiment, place)
    let connection = Target(client: try TargetOptions.dial(address), trial: trial)
    _ = try connection.request(trial == nil ? ControlMethod.stop : ControlMethod.stopTrial, ["by": .string(Person.name)])
    print(trial.map { "trial \($0) is being stopped" } ?? "the experiment is being stopped")
  }
}
