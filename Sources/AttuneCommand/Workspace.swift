import AttuneCore
import AttuneStore
import Foundation

/// The `.attune` folder that keeps a directory's experiments: the store, and a folder of files for each experiment.
struct Workspace {
  /// The folder.
  let folder: URL

  /// The given folder, `ATTUNE_STORE`, the nearest `.attune` from here upwards, or a new one here.
  init(_ given: String?) {
    let here = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    if let path = given ?? ProcessInfo.processInfo.environment["ATTUNE_STORE"] {
      folder = URL(filePath: path, directoryHint: .isDirectory, relativeTo: here).absoluteURL.standardizedFileURL
    } else {
      folder = Self.nearest(from: here) ?? here.appending(path: ".attune", directoryHint: .isDirectory)
    }
  }

  /// Opens the store, making it when there is none.
  func store() throws(StoreError) -> Store { try Store(path: file) }

  /// Opens the store that is there: whoever only looks makes nothing.
  func existingStore() throws(StoreError) -> Store { try Store(path: file, isNewAllowed: false) }

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

  private static func nearest(from here: URL) -> URL? {
    var place = here.standardizedFileURL
    while true {
      let candidate = place.appending(path: ".attune", directoryHint: .isDirectory)
      if FileManager.default.fileExists(atPath: candidate.appending(path: "attune.db").path) { return candidate }
      let above = place.deletingLastPathComponent().standardizedFileURL
      guard above.path != place.path else { return nil }
      place = above
    }
  }
}
