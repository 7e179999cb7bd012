import AttuneCore
import AttuneStore
import AttuneValues
import Foundation

/// What an experiment has found, for a person or a program.
protocol ResultReport {
  var text: String { get }
  var json: JSON { get }
  /// Writes what it names beside the experiment.
  func write() throws
}

/// Makes the report that fits an experiment: its best configuration, or, with several objectives, its front.
struct ResultReporter {
  let store: Store
  let record: ExperimentRecord
  let workspace: Workspace
  var withTwins = false
  /// The point that hypervolumes are measured from, instead of the one made from the results.
  var reference: [Double]?

  /// - Returns: `nil` when there is no trial with a value yet.
  func report() throws -> (any ResultReport)? {
    let standing = try store.standing(of: record, withTwins: withTwins)
    guard standing.criteria.objectives.count > 1 else { return try standing.best.flatMap { try single($0, in: standing) } }
    let front = try standing.front.compactMap { result in try store.row(result.trial, of: record).map { (result, $0) } }
    guard !front.isEmpty else { return nil }
    return FrontReport(front: front, standing: standing, record: record, folder: folder, storePath: store.path, reference: reference)
  }

  /// - Returns: `nil` when the trial is no configuration of this experiment.
  func report(onTrial number: Int) throws -> (any ResultReport)? {
    let standing = try store.standing(of: record, withTwins: true)
    return try standing.results.first { $0.trial.rawValue == number }.flatMap { try single($0, in: standing) }
  }

  /// For a person, why there is none.
  var nothingFound: String {
    let metrics = record.definition.objectives.map { "'\($0.metric)'" }.joined(separator: " and ")
    let seeds = record.definition.seeds.map { $0.tune > 1 ? " with all its \($0.tune) seeds" : "" } ?? ""
    return "no trial has a finite \(metrics)\(seeds)"
  }

  private var folder: URL { workspace.folder(of: record.name) }

  private func single(_ result: TrialResult, in standing: Standing) throws -> BestReport? {
    guard let row = try store.row(result.trial, of: record) else { return nil }
    let changes = try store.liveChangeCounts(of: record)
    return BestReport(
      result: result, row: row, standing: standing, record: record, space: try store.space(of: record), changes: changes[row.number] ?? 0,
      folder: folder, storePath: store.path)
  }
}
