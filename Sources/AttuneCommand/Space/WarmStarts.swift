import AttuneCore
import AttuneEngine
import AttuneFiles
import AttuneSchedulers
import AttuneStore
import Foundation

/// Finds the experiments that a file names under `warm_start`, and reads what they found.
struct WarmStarts {
  private let workspace: Workspace
  private let file: ExperimentFile

  init(_ workspace: Workspace, _ file: ExperimentFile) {
    self.workspace = workspace
    self.file = file
  }

  /// - Returns: their trials, and a line for a person about each experiment.
  /// - Throws: `Failure`, with the line of the file.
  func read(for definition: ExperimentDefinition) throws -> (trials: [PriorTrial], remarks: [String]) {
    var trials: [PriorTrial] = []
    var remarks: [String] = []
    for source in file.warmStart {
      do {
        let (store, record) = try open(source)
        let start = try WarmStart(from: history(of: record, in: store), of: record.name, for: definition)
        trials += start.trials
        let rest = start.leftOut.isEmpty ? "" : "; left out: \(start.leftOutText)"
        remarks.append("warm start: \(start.trials.count) trials of experiment '\(record.name)'\(rest)")
      } catch {
        throw Failure(.badInput, FileProblem(path: file.path, place: source.place, message: "warm_start: \(error)").description)
      }
    }
    return (trials, remarks)
  }

  private func open(_ source: WarmStartSource) throws -> (Store, ExperimentRecord) {
    let store = try store(of: source)
    guard let name = source.experiment, let number = Int64(name) else { return (store, try store.experiment(named: source.experiment)) }
    let all = try store.experiments()
    if let found = all.last(where: { $0.name == name }) ?? all.first(where: { $0.id == number }) { return (store, found) }
    return (store, try store.experiment(named: name))
  }

  private func store(of source: WarmStartSource) throws -> Store {
    guard let path = source.store else { return try workspace.existingStore() }
    let inside = URL(filePath: path).appending(path: ".attune").path
    return try Workspace(FileManager.default.fileExists(atPath: inside + "/attune.db") ? inside : path).existingStore()
  }

  /// Folded from its journal, so that every attempt's reports stand where they belong.
  private func history(of record: ExperimentRecord, in store: Store) throws -> History {
    var machine = ExperimentMachine(record.definition, scheduler: try SchedulerCatalog.make(record.definition.scheduler))
    machine.fold(try ExperimentJournal(record, in: store).entries().map(\.event))
    return machine.history
  }
}
