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
    let report = BestReport(best, record, place.workspace, storePath: store.path)
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

  init(_ best: TrialRow, _ record: ExperimentRecord, _ workspace: Workspace, storePath: String) {
    self.best = best
    self.record = record
    self.storePath = storePath
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
    let names = record.definition.space.parameters.map(\.name).filter { best.configuration[$0] != nil }
    let width = names.map(\.count).max() ?? 0
    let values = names.map { "  \($0.padding(toLength: width, withPad: " ", startingAt: 0))  \(best.configuration[$0] ?? "")" }
    return """
      best \(metric): \(best.value.map(Numbers.short) ?? "–") by trial \(best.number) of experiment '\(record.name)'
      \(values.joined(separator: "\n"))
      stored in       \(storePath)
      configuration   \(configurationFile.path)
      run it alone    \(command)
      """
  }

  var json: JSON {
    [
      "experiment": .string(record.name), "trial": .int(best.number), "metric": .string(record.definition.objective.metric),
      "value": best.value.map(JSON.number) ?? .null, "configuration": best.configuration.json, "store": .string(storePath),
      "configuration_file": .string(configurationFile.path), "command": .string(command),
    ]
  }

  /// What a person pastes into a shell: the script as the experiment ran it, with the best values.
  private var command: String {
    let job = record.definition.job
    let words = job.arguments(for: best.configuration, in: record.definition.space, configurationPath: configurationFile.path)
    return (["cd", job.directory, "&&", "env", "ATTUNE_CONFIG=\(configurationFile.path)"] + words).map(Self.quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word == "&&" || (!word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "_-./=:,+@%".contains($0) })
    return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
