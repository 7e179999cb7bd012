import ArgumentParser
import AttuneCore
import AttuneEngine
import AttuneFiles
import AttuneStore
import Foundation

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Starts the experiment that a file describes.")

  @Argument(help: "The experiment file, YAML or JSON; Auptimizer's experiment.json as it stands.")
  var file: String
  @Option(help: "Trials at a time on this machine, instead of the file's.")
  var slots: Int?
  @Option(help: "Trials to propose, instead of the file's.")
  var trials: Int?
  @Option(help: "The seed, instead of the file's.")
  var seed: UInt64?
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let workspace = place.workspace
    let definition = try checkedDefinition(in: workspace)
    let controller: Controller
    do {
      let store = try workspace.store()
      let path = StandardPath.of(file)
      let record = try store.create(definition, file: path, user: Person.name, at: SystemClock().now)
      controller = Controller(workspace: workspace, store: store, record: record)
    } catch {
      throw Failure(error.status, error.description)
    }
    try await ControllerReport.run(controller, isJSON: output.isJSON)
  }

  private func checkedDefinition(in workspace: Workspace) throws -> ExperimentDefinition {
    let experiment: ExperimentFile
    do { experiment = try ExperimentFile.load(path: file) } catch { throw Failure(.badInput, error.description) }
    for remark in experiment.remarks { Failure.complain("attune: \(remark)") }
    var definition = experiment.definition
    if let slots {
      guard slots >= 1 else { throw Failure(.badInput, "--slots \(slots) refused; allowed: 1 or more") }
      definition.resources = Resources(localSlots: slots, agents: min(slots, definition.resources.agents))
    }
    if let trials {
      guard trials >= 1 else { throw Failure(.badInput, "--trials \(trials) refused; allowed: 1 or more") }
      definition.limits.trials = trials
    }
    if let seed { definition.seed = seed }
    try Controller.check(definition) { key, complaint in experiment.problem(at: key, "\(key): \(complaint)").description }
    if definition.objectives.count > 1, !["fifo", "dominance"].contains(definition.scheduler.name) {
      Failure.complain(
        "attune: scheduler '\(definition.scheduler.name)' goes by '\(definition.objective.metric)' alone, the first of "
          + "\(definition.objectives.count) objectives")
    }
    definition.job = CommandCheck.resolved(definition.job)
    let priors = try WarmStarts(workspace, experiment).read(for: definition)
    for remark in priors.remarks { Failure.complain("attune: \(remark)") }
    definition.prior = priors.trials
    return definition
  }
}

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Goes on with an experiment: takes over what still runs and starts again what was interrupted.",
    discussion: "With --trial it lets a trial go on that `attune suspend` has suspended; the experiment runs already then.")

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Option(help: "Let this suspended trial of a running experiment go on, as soon as there is a slot.")
  var trial: Int?
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    if let trial {
      let target = Target(client: try TargetOptions.dial(TargetOptions.controllerAddress(experiment, place)), trial: trial)
      _ = try target.request(ControlMethod.resumeTrial, ["by": .string(Person.name)])
      return print("trial \(trial) goes on as soon as there is a slot")
    }
    let (store, record) = try place.open(experiment)
    let controller = Controller(workspace: place.workspace, store: store, record: record)
    if record.ended == nil { try Controller.check(record.definition) }
    try await ControllerReport.run(controller, isJSON: output.isJSON)
  }
}

/// What a person is told when a controller has done its work.
enum ControllerReport {
  /// - Throws: `Failure` with the status of an experiment that failed or was interrupted.
  static func run(_ controller: Controller, isJSON: Bool) async throws {
    let outcome = try await controller.run()
    let record = controller.record
    switch outcome {
    case .failed(let message): throw Failure(.badInput, "experiment '\(record.name)': \(message)")
    case .interrupted: throw Failure(.interrupted, "experiment '\(record.name)' is interrupted; `attune resume \(record.name)` goes on")
    default: break
    }
    let reporter = ResultReporter(store: controller.store, record: record, workspace: controller.workspace)
    guard let report = try reporter.report() else {
      throw Failure(.failed, "experiment '\(record.name)': \(outcome); \(reporter.nothingFound)")
    }
    try report.write()
    print(isJSON ? report.json.text : "experiment '\(record.name)': \(outcome)\n\(report.text)")
  }
}
