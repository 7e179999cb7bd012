import ArgumentParser
import AttuneCore
import AttuneStore
import AttuneValues

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows the experiments of this folder, or the trials of one.")

  @Argument(help: "The experiment's name (default: a list of all).")
  var experiment: String?
  @OptionGroup var place: StoreOption
  @OptionGroup var output: JSONOption

  func run() async throws {
    if let experiment { try showTrials(of: experiment) } else { try showExperiments() }
  }

  private func showExperiments() throws {
    let store: Store
    do { store = try place.workspace.existingStore() } catch {
      guard case .missing = error else { throw Failure(error.status, error.description) }
      return print(output.isJSON ? "[]" : "no experiments here; `attune run FILE` starts one")
    }
    let summaries = try store.experiments().map { try Summary($0, in: store, place.workspace) }
    if output.isJSON { return print(JSON.array(summaries.map(\.json)).text) }
    guard !summaries.isEmpty else { return print("no experiments in \(store.path); `attune run FILE` starts one") }
    print(Table.text(["experiment", "state", "trials", "best", "started"], summaries.map(\.row)))
  }

  private func showTrials(of name: String) throws {
    let (store, record) = try place.open(name)
    let rows = try store.trials(of: record)
    let summary = try Summary(record, in: store, place.workspace)
    let changes = try store.liveChangeCounts(of: record)
    if output.isJSON {
      var document = summary.json.object ?? [:]
      document["trials"] = .array(rows.map { $0.json(liveChanges: changes[$0.number] ?? 0) })
      return print(JSON.object(document).text)
    }
    print("\(record.name): \(summary.state)")
    print(
      Table.text(
        ["trial", "state", record.definition.objective.metric, "steps", "why", "configuration"],
        rows.map { $0.row(liveChanges: changes[$0.number] ?? 0) }))
  }
}

/// An experiment in a line.
struct Summary {
  let record: ExperimentRecord
  let state: String
  let counts: [String: Int]
  let best: (trial: Int, value: Double)?
  private let twins: Int

  init(_ record: ExperimentRecord, in store: Store, _ workspace: Workspace) throws {
    self.record = record
    counts = try store.stateCounts(of: record)
    twins = try store.twinCount(of: record)
    best = try store.best(of: record).map { ($0.number, $0.value ?? .nan) }
    let isRunning = ControllerLock.isHeld(in: workspace.folder(of: record.name))
    state = isRunning ? "running" : record.outcome ?? "interrupted (attune resume goes on)"
  }

  var row: [String] {
    let total = counts.values.reduce(0, +)
    return [
      record.name, state, "\(total)\(record.definition.limits.trials.map { "/\($0)" } ?? "")" + (twins > 0 ? " + \(twins) twins" : ""),
      best.map { "\(Numbers.short($0.value)) (trial \($0.trial))" } ?? "–", Numbers.date(record.created),
    ]
  }

  var json: JSON {
    [
      "experiment": .string(record.name), "state": .string(state), "counts": .object(counts.mapValues(JSON.int)),
      "twins": .int(twins),
      "created": .float(record.created.seconds), "metric": .string(record.definition.objective.metric),
      "best": best.map { ["trial": .int($0.trial), "value": .number($0.value)] } ?? .null,
    ]
  }
}

extension TrialRow {
  fileprivate func row(liveChanges: Int) -> [String] {
    let why = [reason ?? note, liveChanges > 0 ? "changed live (\(liveChanges))" : nil].compactMap(\.self).joined(separator: ", ")
    return [
      "\(number)" + (origin.map { " (twin of \($0.trial) from step \($0.step))" } ?? heirdom), state, value.map(Numbers.short) ?? "–",
      "\(steps)", why, Numbers.short(configuration),
    ]
  }

  func json(liveChanges: Int) -> JSON {
    [
      "trial": .int(number), "live_changes": .int(liveChanges), "state": .string(state), "value": value.map(JSON.number) ?? .null,
      "steps": .int(steps),
      "configuration": configuration.json, "proposer": .string(proposer), "reason": reason.map(JSON.string) ?? .null,
      "twin_of": origin.map { .int($0.trial.rawValue) } ?? .null, "forked_at": origin.map { .int($0.step) } ?? .null,
      "parent": parent.map(JSON.int) ?? .null, "inherited": .bool(hasInherited), "note": note.map(JSON.string) ?? .null,
    ]
  }

  private var heirdom: String { parent.map { hasInherited ? " (child of \($0))" : "" } ?? "" }
}
