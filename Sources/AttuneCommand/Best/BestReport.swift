import AttuneCore
import AttuneEngine
import AttuneStore
import AttuneValues
import Foundation

/// One configuration: what it came to, where it is stored, the command that runs it alone.
struct BestReport: ResultReport {
  let result: TrialResult
  let row: TrialRow
  let standing: Standing
  let record: ExperimentRecord
  /// As it is now.
  let space: SearchSpace
  /// Live changes that took effect in the trial.
  let changes: Int
  let folder: URL
  let storePath: String

  private var definition: ExperimentDefinition { record.definition }
  private var isBest: Bool { standing.front.contains(result) }
  private var configurationFile: URL {
    folder.appending(path: isBest && definition.objectives.count == 1 ? "best.json" : "trial-\(row.number).json")
  }
  private var outcome: OutcomeReport { OutcomeReport(result, standing.criteria) }
  private var seeds: SeedReport? { SeedReport(result, standing) }

  /// Writes the configuration where the command that runs it alone reads it.
  func write() throws { try Self.write(row.startConfiguration.json, to: configurationFile) }

  static func write(_ document: JSON, to file: URL) throws {
    do {
      try Data((document.text + "\n").utf8).write(to: file, options: .atomic)
    } catch {
      throw Failure(.badInput, "\(file.path): cannot be written (\(error.localizedDescription))")
    }
  }

  var text: String {
    let names = space.parameters.map(\.name).filter { row.startConfiguration[$0] != nil }
    let width = names.map(\.count).max() ?? 0
    let values = names.map { "  \($0.padding(toLength: width, withPad: " ", startingAt: 0))  \(row.startConfiguration[$0] ?? "")" }
    let lines =
      ["\(head)\(outcome.values) by trial \(row.number) of experiment '\(record.name)'\(touched)"] + values + (seeds?.lines ?? [])
      + (outcome.bounds.map { [$0] } ?? []) + ["stored in       \(storePath)", "configuration   \(configurationFile.path)"]
    return (lines + ["run it alone    \(command)"]).joined(separator: "\n")
  }

  /// What a person has to know of the value.
  private var touched: String {
    let adopted =
      row.adoptions.last.map { "\nit went on with what trial \($0.donor) had come to at step \($0.step), and with these values" } ?? ""
    guard changes > 0 || !row.adoptions.isEmpty else { return "" }
    let changed = changes == 0 ? "" : "\nits values were changed live \(changes) times"
    return "\(adopted)\(changed): `attune replay \(record.name) --trial \(row.number)` has the schedule"
  }

  private var head: String {
    guard isBest else { return "" }
    return standing.criteria.isFeasible(result) ? "best " : "no trial keeps the outcome constraints; the one that breaks them least:\n"
  }

  var json: JSON {
    var members: [String: JSON] = [
      "experiment": .string(record.name), "trial": .int(row.number), "live_changes": .int(changes),
      "adoptions": .array(row.adoptions.map(\.json)),
      "metric": .string(definition.objective.metric),
      "value": (result.values?.first).map(JSON.number) ?? .null, "configuration": row.startConfiguration.json, "store": .string(storePath),
      "configuration_file": .string(configurationFile.path), "command": .string(command),
    ]
    members.merge(outcome.members) { first, _ in first }
    if let seeds { members["seeds"] = seeds.json }
    return .object(members)
  }

  /// What a person pastes into a shell: the script as the experiment ran it, with these values.
  private var command: String {
    let seed = definition.scriptSeed(of: TrialID(row.number), row.replica)
    let words = definition.job.arguments(
      for: row.startConfiguration, in: space, configurationPath: configurationFile.path, seed: seed)
    let environment = ["env", "ATTUNE_CONFIG=\(configurationFile.path)", "ATTUNE_SEED=\(seed)"]
    return (["cd", definition.job.directory, "&&"] + environment + words).map(Self.quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let isPlain = word == "&&" || (!word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "_-./=:,+@%".contains($0) })
    return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
