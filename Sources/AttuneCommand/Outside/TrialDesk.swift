import AttuneCore
import AttuneEngine
import AttuneProposers
import AttuneSchedulers
import AttuneStore
import AttuneValues
import AttuneWire
import Foundation

/// Where a program outside gets its trials: at the experiment's controller when one is at work, else here, under the controller's lock.
///
/// Either way it is one machine and one journal that give the numbers, and what is answered is in the journal.
enum TrialDesk {
  case controller(WireClient)
  case here(OwnDesk)

  /// - Parameter serves: whether others may ask here, too, as long as this process lives.
  /// - Throws: `Failure` when the experiment is over, or another process holds it and does not answer.
  static func open(_ record: ExperimentRecord, in store: Store, _ workspace: Workspace, serves: Bool = false) async throws -> TrialDesk {
    let folder = workspace.folder(of: record.name)
    try Controller.makeFolder(folder)
    let deadline = ContinuousClock.now + .seconds(10)
    while true {
      if let pointer = ControlPointer.read(from: folder), let client = try? WireClient(dialing: pointer.address) {
        return .controller(client)
      }
      do {
        return .here(try await OwnDesk(record, in: store, folder: folder, serves: serves))
      } catch let failure as Failure where failure.isHeld && ContinuousClock.now < deadline {
        continue  // Another that asks has the lock for milliseconds; a controller tells soon where it listens.
      }
    }
  }

  /// - Throws: `Failure` with the status that fits the answer.
  func request(_ method: String, _ parameters: JSON) async throws -> JSON {
    do {
      switch self {
      case .controller(let client): return try client.request(method, parameters, within: .seconds(600))
      case .here(let desk): return try await desk.answer(method, parameters)
      }
    } catch let failure as WireFailure {
      throw Failure(WireError.answered(failure))
    } catch let error as WireError {
      throw Failure(error)
    }
  }

  /// Leaves; trials that were asked for stay so.
  func close() async throws {
    if case .here(let desk) = self { try await desk.close() }
  }
}

/// The experiment's driver without an agent, in this process.
final class OwnDesk: Sendable {
  private let lock: ControllerLock
  private let isOver: Bool
  private let journal: ExperimentJournal
  private let driver: ExperimentDriver
  private let desk: ControlDesk
  private let run: Task<Outcome, any Error>
  private let server: ControlServer?

  init(_ record: ExperimentRecord, in store: Store, folder: URL, serves: Bool) async throws {
    lock = try ControllerLock(in: folder, patience: .milliseconds(20))
    isOver = record.ended != nil
    ControlPointer.remove(from: folder)
    do {
      journal = try ExperimentJournal(record, in: store)
      let definition = record.definition
      driver = try ExperimentDriver(
        definition, scheduler: SchedulerCatalog.make(definition.scheduler),
        parts: ExperimentDriver.Parts(
          journal: journal, runner: OutsideRunner(),
          proposer: ProposerCatalog.make(definition.proposer, directory: definition.job.directory), isBrief: !serves))
    } catch let error as StoreError {
      throw Failure(error.status, error.description)
    }
    desk = ControlDesk(name: record.name, folder: folder, driver: driver, fleet: nil)
    server = serves ? try ControlServer(name: record.name, folder: folder, driver: driver, fleet: nil) : nil
    if let server { Task { [driver] in await server.follow(driver.updates()) } }
    run = Task { [driver] in try await driver.run() }
  }

  /// - Throws: `WireFailure`.
  func answer(_ method: String, _ parameters: JSON) async throws -> JSON {
    do throws(WireFailure) {
      return try await desk.answer(method, parameters, for: Peer.nobody)
    } catch {
      let failure = error
      guard failure.code == .notReachable else { throw failure }
      // It ended before the question came.
      guard let outcome = await driver.outcome else { throw failure }
      let over = CommandError.experimentOver(outcome: "\(outcome)")
      if method == ControlMethod.ask, parameters["again"] == nil { return desk.nothing(over) }
      throw ControlDesk.failure(over)
    }
  }

  /// - Throws: `Failure` when how it ended cannot be written.
  func close() async throws {
    server?.stop()
    run.cancel()
    do {
      let outcome = try await run.value
      guard !isOver else { return }
      try journal.note(outcome: outcome, at: SystemClock().now)
    } catch let error as StoreError {
      throw Failure(error.status, error.description)
    } catch is CancellationError {}
  }
}
