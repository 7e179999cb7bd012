import AttuneCore
import AttuneStore
import Foundation

/// The `.attune` folder that keeps a directory's experiments: the store, and a folder of files for each experiment.
struct Workspace {
  /// The folder.
  let folder: URL
  /// Whether its store is opened for a question or two.
  private let isBrief: Bool

  /// The given folder, `ATTUNE_STORE`, the nearest `.attune` from here upwards, or a new one here.
  init(_ given: String?, isBrief: Bool = false) {
    self.isBrief = isBrief
    if let path = given ?? getenv("ATTUNE_STORE").map({ String(cString: $0) }) {
      folder = URL(filePath: StandardPath.of(path), directoryHint: .isDirectory)
    } else {
      let here = StandardPath.of("")
      folder = URL(filePath: Self.nearest(from: here) ?? "\(here)/.attune", directoryHint: .isDirectory)
    }
  }

  /// Opens the store, making it when there is none.
  func store() throws(StoreError) -> Store { try Store(path: file, isBrief: isBrief) }

  /// Opens the store that is there: whoever only looks makes nothing.
  func existingStore() throws(StoreError) -> Store { try Store(path: file, isNewAllowed: false, isBrief: isBrief) }

  /// The store, and the experiment of that name or the newest.
  /// - Throws: `Failure`.
  func open(_ experiment: String?) throws -> (Store, ExperimentRecord) {
    do {
      let store = try existingStore()
      return (store, try store.experiment(named: experiment))
    } catch {
      throw Failure(error.status, error.description)
    }
  }

  private var file: String { folder.appending(path: "attune.db").path }

  /// Where an experiment's outputs and checkpoints are.
  func folder(of experiment: String) -> URL {
    folder.appending(path: "experiments").appending(path: experiment, directoryHint: .isDirectory)
  }

  private static func nearest(from here: String) -> String? {
    var place = here
    while true {
      let candidate = "\(place)/.attune"
      if FileManager.default.fileExists(atPath: "\(candidate)/attune.db") { return StandardPath.of(candidate) }
      guard place != "/" else { return nil }
      place = StandardPath.folder(of: place)
    }
  }
}
