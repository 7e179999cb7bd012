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
    if trial == nil, try await stopAsked() { return print("the experiment is stopped") }
    let address = try TargetOptions.controllerAddress(experiment, place)
    let connection = Target(client: try TargetOptions.dial(address), trial: trial)
    _ = try connection.request(trial == nil ? ControlMethod.stop : ControlMethod.stopTrial, ["by": .string(Person.name)])
    print(trial.map { "trial \($0) is being stopped" } ?? "the experiment is being stopped")
  }

  /// An experiment whose trials are all run by programs outside has no controller most of the time, and is stopped here.
  private func stopAsked() async throws -> Bool {
    let (store, record) = try place.open(experiment)
    let workspace = place.workspace
    guard record.definition.job.command.isEmpty, record.ended == nil, ControlPointer.read(from: workspace.folder(of: record.name)) == nil
    else { return false }
    let desk = try await TrialDesk.open(record, in: store, workspace)
    _ = try await desk.request(ControlMethod.stop, ["by": .string(Person.name)])
    try await desk.close()
    return true
  }
}
