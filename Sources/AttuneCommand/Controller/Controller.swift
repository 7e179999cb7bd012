import AttuneCore
import AttuneEngine
import AttuneFleet
import AttuneProposers
import AttuneSchedulers
import AttuneSnapshots
import AttuneStore
import AttuneWire
import Foundation

/// Runs one experiment from here to its end: driver, agents, control socket, progress and signals, put together.
struct Controller {
  let workspace: Workspace
  let store: Store
  let record: ExperimentRecord

  /// Refuses an experiment that cannot run, before anything is written.
  /// - Parameter place: puts a complaint about a key of the experiment file into words, with its line where that is known.
  /// - Throws: `Failure` for an unknown algorithm or option, or a command that does not exist.
  static func check(_ definition: ExperimentDefinition, place: (_ key: String, _ complaint: String) -> String = { "\($0): \($1)" }) throws {
    try checkAlgorithms(definition, place: place)
    if let problem = CommandCheck.problem(with: definition.job) { throw Failure(.badInput, place(problem.key, problem.complaint)) }
    // Last, as it takes a moment.
    guard definition.suspend == .criu else { return }
    let trial = SnapshotTrial.run()
    guard trial.isGood else {
      throw Failure(
        .badInput, place("suspend", "'criu' does not work here (\(trial.text)); checkpoint and signal do without it. Nothing was started"))
    }
  }

  /// Refuses algorithms and options that there are not.
  static func checkAlgorithms(_ definition: ExperimentDefinition, place: (_ key: String, _ complaint: String) -> String) throws {
    do { _ = try ProposerCatalog.make(definition.proposer, directory: definition.job.directory) } catch {
      throw Failure(.badInput, place("proposer", "\(error)"))
    }
    do { _ = try SchedulerCatalog.make(definition.scheduler) } catch { throw Failure(.badInput, place("scheduler", "\(error)")) }
  }

  /// - Returns: how it ended.
  /// - Throws: `Failure`.
  func run() async throws -> Outcome {
    let folder = workspace.folder(of: record.name)
    try Self.makeFolder(folder)
    let lock = try ControllerLock(in: folder)
    let outcome = try await drive(in: folder, under: lock)
    // Of an experiment that is over, the time at which it ended stays.
    guard record.ended == nil else { return outcome }
    do {
      try ExperimentJournal(record, in: store).note(outcome: outcome, at: SystemClock().now)
    } catch {
      throw Failure(error.status, error.description)
    }
    return outcome
  }

  private func drive(in folder: URL, under lock: borrowing ControllerLock) async throws -> Outcome {
    let definition = record.definition
    let clock = SystemClock()
    do {
      let journal = try ExperimentJournal(record, in: store)
      let fleet = try LocalFleets(definition, options: fleetOptions(in: folder))
      let driver = try ExperimentDriver(
        definition, scheduler: SchedulerCatalog.make(definition.scheduler),
        parts: ExperimentDriver.Parts(
          journal: journal, runner: fleet, proposer: ProposerCatalog.make(definition.proposer, directory: definition.job.directory),
          clock: clock))
      let display = ProgressDisplay(Progress(name: record.name, definition: definition, history: await driver.history, at: clock.now))
      let updates = await driver.updates()
      let control = try ControlServer(name: record.name, folder: folder, driver: driver, fleet: fleet)
      defer { control.stop() }
      let signals = SignalHandler(driver: driver)
      defer { signals.stop() }
      async let shown: Void = display.follow(updates)
      let served = Task { await control.follow(driver.updates()) }
      defer { served.cancel() }
      let outcome = try await driver.run()
      await shown
      return outcome
    } catch let failure as Failure {
      throw failure
    } catch let error as StoreError {
      throw Failure(error.status, error.description)
    } catch {
      throw Failure(.failed, "\(error)")
    }
  }

  private func fleetOptions(in folder: URL) throws -> LocalFleetOptions {
    var options = LocalFleetOptions(
      experiment: record.name, root: folder.path, runtimeDirectory: try RuntimeDirectory().path, executable: AgentCommand.executablePath)
    options.criu = SnapshotTool.program(in: ProcessInfo.processInfo.environment)
    options.onTrouble = { Failure.complain("attune: \($0)") }
    return options
  }

  static func makeFolder(_ folder: URL) throws {
    if access(folder.path, W_OK) == 0 { return }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(.badInput, "\(folder.path): cannot be made (\(error.localizedDescription))")
    }
  }
}
