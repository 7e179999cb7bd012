import ArgumentParser
import AttuneCore
import AttuneStore
import AttuneValues
import Foundation

struct BestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best", abstract: "Prints the best configuration, where it is stored, and the command that runs it alone.")

  @Argument(help: "The experiment's name (default: the newest).")
  var experiment: String?
  @Flag(help: "Let twins count, which `attune fork` has made.")
  var twins = false
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    let (store, record) = try place.open(experiment)
    guard let best = try store.best(of: record, withTwins: twins) else {
      throw Failure(.failed, "experiment '\(record.name)' has no trial with a finite '\(record.definition.objective.metric)' yet")
    }
    let report = try BestReport(best, record, place.workspace, store)
    try report.writeConfiguration()
    print(output.isJSON ? report.json.text : report.text)
  }
}

/// The best trial, for a person or a program.
struct BestReport {
  private let best: TrialRow
  private let record: ExperimentRecord
  private let configurationFile: URL
  private let storePath: String
  private let space: SearchSpace
  /// Live changes that took effect in it.
  private let changes: Int

  init(_ best: TrialRow, _ record: ExperimentRecord, _ workspace: Workspace, _ store: Store) throws {
    self.best = best
    self.record = record
    storePath = store.path
    space = try store.space(of: record)
    changes = try store.liveChangeCounts(of: record)[best.number] ?? 0
    configurationFile = workspace.folder(of: record.name).appending(path: "best.json")
  }

  /// Writes the best configuration where the command that runs it alone reads it.
  func writeConfiguration() throws {
    do {
      try Data((best.configuration.json.text + "\n").utf8).write(to: configurationFile, options: .atomic)
    } catch {
      throw Failure(.badInput, "\(configurationFile.path): cannot be written (\(error.localizedDescription))")
    }
  }

  var text: String {
    let metric = record.definition.objective.metric
    let names = space.parameters.map(\.name).filter { best.configuration[$0] != nil }
    let width = names.map(\.count).max() ?? 0
    let values = names.map { "  \($0.padding(toLength: width, withPad: " ", startingAt: 0))  \(best.configuration[$0] ?? "")" }
    return """
      best \(metric): \(best.value.map(Numbers.short) ?? "–") by trial \(best.number) of experiment '\(record.name)'\(touched)
      \(values.joined(separator: "\n"))
      stored in       \(storePath)
      configuration   \(configurationFile.path)
      run it alone    \(command)
      """
  }

  /// What a person has to know of the value.
  private var touched: String {
    changes == 0
      ? "" : "\nits values were changed live \(changes) times: `attune replay \(record.name) --trial \(best.number)` has the schedule"
  }

  var json: JSON {
    [
      "experiment": .string(record.name), "trial": .int(best.number), "live_changes": .int(changes),
      "metric": .string(record.definition.objective.metric),
      "value": best.value.map(JSON.number) ?? .null, "configuration": best.configuration.json, "store": .string(storePath),
      "configuration_file": .string(configurationFile.path), "command": .string(command),
    ]
  }

  /// What a person pastes into a shell: the script as the experiment ran it, with the best values.
  private var command: String {
    let job = record.definition.job
    let words = job.arguments(for: best.configuration, in: space, configurationPath: configurationFile.path)
    return (["cd", job.directory, "&&", "env", "ATTUNE_CONFIG=\(configurationFile.path)"] + words).map(Self.quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word == "&&" || (!word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "_-./=:,+@%".contains($0) })
    return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
