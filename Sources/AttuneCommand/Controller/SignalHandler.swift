import AttuneCore
import AttuneEngine
@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C once: what runs is ended, to be started again by `resume`. Twice: the controller leaves at once, and what runs goes on
/// under its agent until `resume` meets it.
final class SignalHandler: Sendable {
  private let sources: [any DispatchSourceSignal]
  private let presses = Mutex(0)

  init(driver: ExperimentDriver) {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for source in sources {
      source.setEventHandler { [self] in press(driver) }
      source.resume()
    }
  }

  /// Lets signals alone again.
  func stop() { for source in sources { source.cancel() } }

  private func press(_ driver: ExperimentDriver) {
    let count = presses.withLock { count in
      count += 1
      return count
    }
    guard count == 1 else {
      Failure.complain("attune: left at once; what runs goes on, and `attune resume` takes it over")
      exit(Status.interrupted.rawValue)
    }
    Failure.complain("attune: interrupted; ending what runs (`attune resume` starts it again; press again to leave it running)")
    Task { try? await driver.command(.interrupt, by: Person.name) }
  }
}
