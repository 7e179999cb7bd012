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
    let suspensions = SuspensionReport(try store.suspensions(of: record))
    if output.isJSON {
      var document = summary.json.object ?? [:]
      document["trials"] = .array(rows.map { $0.json(liveChanges: changes[$0.number] ?? 0) })
      document["suspensions"] = suspensions.json
      return print(JSON.object(document).text)
    }
    print("\(record.name): \(summary.state)")
    let metrics = record.definition.objectives.map(\.metric)
    print(
      Table.text(
        ["trial", "state"] + metrics + ["steps", "why", "configuration"],
        rows.map { $0.row(record.definition.criteria, liveChanges: changes[$0.number] ?? 0) }))
    if let text = suspensions.text { print(text) }
  }
}

/// An experiment in a line.
struct Summary {
  let record: ExperimentRecord
  let state: String
  private let standing: Standing

  init(_ record: ExperimentRecord, in store: Store, _ workspace: Workspace) throws {
    self.record = record
    standing = try store.standing(of: record)
    let isRunning = ControllerLock.isHeld(in: workspace.folder(of: record.name))
    state = isRunning ? "running" : record.outcome ?? Self.rest(record)
  }

  static func rest(_ record: ExperimentRecord) -> String {
    record.definition.job.command.isEmpty ? "open (attune ask goes on)" : "interrupted (attune resume goes on)"
  }

  var row: [String] {
    let total = standing.counts.values.reduce(0, +)
    let seeds = record.definition.seeds.map { $0.tune > 1 ? " with \($0.tune) seeds" : "" } ?? ""
    return [
      record.name, state,
      "\(total)\(record.definition.limits.trials.map { "/\($0)" } ?? "")" + seeds
        + (standing.twinCount > 0 ? " + \(standing.twinCount) twins" : ""),
      bestText, Numbers.date(record.created),
    ]
  }

  private var bestText: String {
    guard let best = standing.best, let value = best.values?.first else { return "–" }
    let isBroken = !standing.criteria.isFeasible(best)
    if standing.criteria.objectives.count > 1, !isBroken { return "a front of \(standing.front.count)" }
    return "\(Numbers.short(value)) (trial \(best.trial)\(isBroken ? ", none keeps the outcome constraints" : ""))"
  }

  var json: JSON {
    let best = standing.best.map { best -> JSON in
      var members = OutcomeReport(best, standing.criteria).members
      members["trial"] = .int(best.trial.rawValue)
      members["value"] = (best.values?.first).map(JSON.number) ?? .null
      return .object(members)
    }
    let counts = standing.counts.map { ($0.key.rawValue, JSON.int($0.value)) }
    return [
      "experiment": .string(record.name), "state": .string(state), "counts": .object(Dictionary(uniqueKeysWithValues: counts)),
      "twins": .int(standing.twinCount), "created": .float(record.created.seconds), "metric": .string(record.definition.objective.metric),
      "best": best ?? .null, "front": .array(standing.front.map { .int($0.trial.rawValue) }),
    ]
  }
}

extension TrialRow {
  fileprivate func row(_ criteria: Criteria, liveChanges: Int) -> [String] {
    let kind =
      origin.map { " (twin of \($0.trial) from step \($0.step))" }
      ?? replica.map { " (\($0.phase.rawValue) seed \($0.seed) of \($0.trial))" } ?? heirdom
    let isBroken = result.values != nil && !criteria.isFeasible(result)
    let values = criteria.objectives.indices.map { index in
      (result.values.map { Numbers.short($0[index]) } ?? "–") + (isBroken && index == 0 ? " (infeasible)" : "")
    }
    let adopted = adoptions.last.map {
      "went on with \($0.donor) at step \($0.step)" + (adoptions.count > 1 ? " (\(adoptions.count))" : "")
    }
    let why = [reason ?? note, adopted, liveChanges > 0 ? "changed live (\(liveChanges))" : nil].compactMap(\.self).joined(separator: ", ")
    return ["\(number)\(kind)", state] + values + ["\(steps)", why, Numbers.short(startConfiguration)]
  }

  func json(liveChanges: Int) -> JSON {
    [
      "trial": .int(number), "live_changes": .int(liveChanges), "state": .string(state), "value": value.map(JSON.number) ?? .null,
      "steps": .int(steps),
      "configuration": configuration.json, "proposer": .string(proposer), "reason": reason.map(JSON.string) ?? .null,
      "twin_of": origin.map { .int($0.trial.rawValue) } ?? .null, "forked_at": origin.map { .int($0.step) } ?? .null,
      "parent": parent.map(JSON.int) ?? .null, "inherited": .bool(hasInherited), "note": note.map(JSON.string) ?? .null,
      "values": (result.values).map { .array($0.map(JSON.number)) } ?? .null,
      "adoptions": .array(adoptions.map(\.json)),
      "replica_of": replica.map { .int($0.trial.rawValue) } ?? .null,
      "seed": replica.map { ["phase": .string($0.phase.rawValue), "number": .int($0.seed)] } ?? .null,
    ]
  }

  private var heirdom: String { parent.map { hasInherited ? " (child of \($0))" : "" } ?? "" }
}
