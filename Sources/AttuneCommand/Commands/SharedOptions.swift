import ArgumentParser
import AttuneStore
import Foundation

/// Where experiments are kept: an option of every command that reads them.
struct StoreOption: ParsableArguments {
  @Option(help: "The folder that keeps experiments (default: ATTUNE_STORE, the nearest .attune upwards, or ./.attune).")
  var store: String?

  var workspace: Workspace { Workspace(store) }

  /// The store, and the experiment of that name or the newest.
  func open(_ experiment: String?) throws -> (Store, ExperimentRecord) {
    try workspace.open(experiment)
  }
}

extension StoreError {
  /// The exit status that fits.
  var status: Status {
    switch self {
    case .noSuchExperiment, .missing: .unknown
    default: .badInput
    }
  }
}

/// Output for programs.
struct JSONOption: ParsableArguments {
  @Flag(name: .customLong("json"), help: "Print JSON, one document, for programs.")
  var isJSON = false
}

/// Who moves the experiment: recorded with every change.
enum Person {
  static var name: String { ProcessInfo.processInfo.environment["ATTUNE_USER"] ?? NSUserName() }
}
