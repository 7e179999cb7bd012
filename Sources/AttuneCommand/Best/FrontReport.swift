import AttuneCore
import AttuneStore
import AttuneValues
import Foundation

/// Several objectives: the configurations that none beats in all of them, and how much they cover.
struct FrontReport: ResultReport {
  let front: [(result: TrialResult, row: TrialRow)]
  let standing: Standing
  let record: ExperimentRecord
  let folder: URL
  let storePath: String
  private let givenReference: [Double]?

  init(
    front: [(TrialResult, TrialRow)], standing: Standing, record: ExperimentRecord, folder: URL, storePath: String, reference: [Double]?
  ) {
    self.front = front.map { (result: $0.0, row: $0.1) }
    self.standing = standing
    self.record = record
    self.folder = folder
    self.storePath = storePath
    givenReference = reference
  }

  private var criteria: Criteria { standing.criteria }
  private var objectives: [Objective] { criteria.objectives }
  private var file: URL { folder.appending(path: "front.json") }
  private var reference: [Double] { givenReference ?? criteria.reference(for: standing.results) ?? [] }
  private var hypervolume: Double { criteria.hypervolume(of: standing.results, reference: reference) }
  private var feasibleCount: Int { standing.results.count { criteria.isFeasible($0) } }

  /// Writes the front where people and programs find it.
  func write() throws { try BestReport.write(members, to: file) }

  var text: String {
    let aims = objectives.map { "\($0.goal.rawValue) \($0.metric)" }.joined(separator: ", ")
    let count = "\(front.count) trial\(front.count == 1 ? "" : "s")"
    let order = record.definition.space.parameters.map(\.name)
    let rows = front.map { result, row in
      ["\(row.number)"] + (result.values ?? []).map(Numbers.short) + [Numbers.short(row.configuration, order: order)]
    }
    var lines = [
      "front of \(count) of experiment '\(record.name)': \(aims)",
      Table.text(["trial"] + objectives.map(\.metric) + ["configuration"], rows),
    ]
    for (result, row) in front { lines += (SeedReport(result, standing)?.lines ?? []).map { "trial \(row.number)  \($0)" } }
    if !criteria.outcomeConstraints.isEmpty {
      let bounds = criteria.outcomeConstraints.map(\.description).joined(separator: ", ")
      lines.append("\(feasibleCount) of \(standing.results.count) configurations keep \(bounds)")
      if feasibleCount == 0 {
        lines.append(
          "shown is the one that breaks them least: " + (front.compactMap { OutcomeReport($0.result, criteria).bounds }.first ?? ""))
      }
    }
    lines += [
      "hypervolume     \(Numbers.short(hypervolume)) up to the reference \(referenceText)", "stored in       \(storePath)",
      "front           \(file.path)", "one of them     attune best \(record.name) --trial \(front.first?.row.number ?? 1)",
    ]
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "experiment": .string(record.name),
      "objectives": .array(objectives.map { ["metric": .string($0.metric), "goal": .string($0.goal.rawValue)] }), "front": members,
      "hypervolume": .number(hypervolume),
      "reference": .object(Dictionary(zip(objectives.map(\.metric), reference.map(JSON.number))) { first, _ in first }),
      "feasible": .int(feasibleCount), "configurations": .int(standing.results.count), "store": .string(storePath),
      "front_file": .string(file.path),
    ]
  }

  private var members: JSON {
    .array(
      front.map { result, row in
        var members = OutcomeReport(result, criteria).members
        members["trial"] = .int(row.number)
        members["configuration"] = row.configuration.json
        if let seeds = SeedReport(result, standing) { members["seeds"] = seeds.json }
        return .object(members)
      })
  }

  private var referenceText: String {
    let point = zip(objectives, reference).map { "\($0.metric) \(Numbers.short($1))" }.joined(separator: ", ")
    return point + (givenReference == nil ? " (a tenth beyond the worst seen; --reference fixes it)" : "")
  }
}
