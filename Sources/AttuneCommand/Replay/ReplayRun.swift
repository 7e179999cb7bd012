import AttuneCore
import AttuneEngine
import AttuneFleet
import AttuneStore
import AttuneWire
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Runs a trial's command once more, by itself, with a schedule in the place of people.
struct ReplayRun {
  let record: ExperimentRecord
  let trial: TrialRecord
  /// What it begins with.
  let configuration: AttuneCore.Configuration
  /// `ATTUNE_SEED`.
  let seed: UInt32
  /// A folder of the replay's own, new.
  let folder: URL
  /// The copy of its parent's checkpoint that the trial was given; it need not be there.
  let inherited: URL
  /// Whether what the script prints goes to standard error, because standard output is for a program.
  let isQuiet: Bool

  /// What came of it.
  struct Result {
    var curve = Curve()
    var changes: [Change] = []
    var refusals: [String] = []
    var ending: Ending?
  }

  /// - Parameter lastStep: the script is stopped once it has reported it; `nil` to let it run to its end.
  /// - Throws: `Failure` when no agent can be had, or the person interrupts.
  func run(schedule: String, until lastStep: Int?) async throws -> Result {
    let file = folder.appending(path: "schedule.jsonl")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(schedule.utf8).write(to: file)
      if FileManager.default.fileExists(atPath: inherited.path) {
        let own = folder.appending(path: "trials/\(trial.trial.number)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try FileManager.default.copyItem(at: inherited, to: own.appending(path: inherited.lastPathComponent))
      }
    } catch {
      throw Failure(.badInput, "\(folder.path): cannot be written (\(error.localizedDescription))")
    }
    do {
      let fleet = try LocalFleet(definition(schedule: file), options: options)
      let interruption = Interruption(fleet)
      defer { interruption.stop() }
      let events = try await fleet.open(acknowledged: [:], running: [:])
      let output = OutputCopy(folder: folder, attempt: attempt, isQuiet: isQuiet)
      let copying = Task { await output.follow() }
      let result = await follow(events, on: fleet, until: lastStep)
      copying.cancel()
      await copying.value
      output.copy()
      await fleet.close()
      if interruption.hasCome { throw Failure(.interrupted, "the replay was interrupted; the experiment's record is as it was") }
      return result
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.failed, "\(error)")
    }
  }

  private var attempt: AttemptID { AttemptID(trial: TrialID(trial.trial.number), number: 1) }

  private func follow(_ events: AsyncStream<RunnerEvent>, on fleet: LocalFleet, until lastStep: Int?) async -> Result {
    var result = Result()
    var hasStarted = false
    for await event in events {
      if event.sequence > 0 { await fleet.acknowledge(event.source, through: event.sequence) }
      switch event.kind {
      case .slotOffered(let slot) where !hasStarted:
        hasStarted = true
        await fleet.perform(
          .start(Order.Start(attempt: attempt, configuration: configuration, slot: slot, isResume: false, seed: seed)))
      case .reported(_, let report):
        result.curve.add(report, isContinuing: true)
        if let lastStep, report.step >= lastStep { await fleet.perform(.stop(attempt)) }
      case .changed(_, let change): result.changes.append(change)
      case .refused(_, _, let message): result.refusals.append(message)
      case .attemptEnded(_, let ending):
        result.ending = ending
        return result
      default: break
      }
    }
    return result
  }

  private func definition(schedule file: URL) -> ExperimentDefinition {
    var definition = record.definition
    definition.job.environment["ATTUNE_REPLAY"] = file.path
    definition.resources = Resources(localSlots: 1)
    return definition
  }

  private var options: LocalFleetOptions {
    get throws {
      var options = LocalFleetOptions(
        experiment: record.name, root: folder.path, runtimeDirectory: try RuntimeDirectory().path, executable: AgentCommand.executablePath)
      options.idleSeconds = 5
      options.onTrouble = { Failure.complain("attune: \($0)") }
      return options
    }
  }
}

/// Ctrl-C ends the script and then the command.
private final class Interruption: Sendable {
  private let sources: [any DispatchSourceSignal]

  init(_ fleet: LocalFleet) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for source in sources {
      source.setEventHandler { [self] in
        count.add(1, ordering: .relaxed)
        Task { await fleet.close() }
      }
      source.resume()
    }
  }

  var hasCome: Bool { count.load(ordering: .relaxed) > 0 }

  func stop() { for source in sources { source.cancel() } }

  private let count = Atomic(0)
}
