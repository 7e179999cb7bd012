import AttuneCore
import AttuneEngine
import AttuneFiles
import AttuneStore
import Foundation

/// The experiment that a program outside means: one of the store by its name, or that of a file.
struct AskTarget {
  let workspace: Workspace
  /// A file's path, or an experiment's name.
  let word: String
  /// Begin another experiment with the file, even where there is one.
  let isNew: Bool

  /// - Throws: `Failure`, also when the file has been changed since its experiment began.
  func find() throws -> (Store, ExperimentRecord) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: word, isDirectory: &isFolder), !isFolder.boolValue else {
      guard word.contains("/") || word.hasSuffix(".yaml") || word.hasSuffix(".yml") || word.hasSuffix(".json") else {
        return try workspace.open(word)
      }
      throw Failure(.badInput, "\(word): there is no such file")
    }
    let path = StandardPath.of(word)
    do {
      let store = try workspace.store()
      if !isNew, let known = try store.newestExperiment(ofFile: path) { return (store, try unchanged(known, path)) }
      let (experiment, read) = try definition()
      var definition = read
      let priors = try WarmStarts(workspace, experiment).read(for: definition)
      for remark in priors.remarks { Failure.complain("attune: \(remark)") }
      definition.prior = priors.trials
      let record = try store.create(definition, file: path, user: Person.name, at: SystemClock().now, unlessOfFile: !isNew)
      return (store, record)
    } catch let error as StoreError {
      throw Failure(error.status, error.description)
    }
  }

  /// Reading the file is left out where its time says that nothing has changed.
  private func unchanged(_ record: ExperimentRecord, _ path: String) throws -> ExperimentRecord {
    var status = stat()
    if stat(path, &status) == 0, Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9 < record.created.seconds {
      return record
    }
    // What other experiments found is as it was when this one began.
    var (_, now) = try definition()
    now.prior = record.definition.prior
    guard now == record.definition else {
      throw Failure(
        .badInput,
        "\(word) has been changed since experiment '\(record.name)' began; `attune ask \(record.name)` goes on with it as it was, "
          + "`attune ask --new \(word)` begins another. Nothing was asked")
    }
    return record
  }

  private func definition() throws -> (ExperimentFile, ExperimentDefinition) {
    let experiment: ExperimentFile
    do { experiment = try ExperimentFile.load(path: word) } catch { throw Failure(.badInput, error.description) }
    for remark in experiment.remarks { Failure.complain("attune: \(remark)") }
    var definition = experiment.definition
    try Controller.checkAlgorithms(definition) { key, complaint in experiment.problem(at: key, "\(key): \(complaint)").description }
    definition.job = CommandCheck.resolved(definition.job)
    return (experiment, definition)
  }
}
