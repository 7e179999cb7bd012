import AttuneCore
import AttuneStore
import AttuneValues

/// An experiment without its reports and configurations: what a page opens with, some bytes for each trial.
struct ExperimentDocument {
  let json: JSON

  init(_ record: ExperimentRecord, in store: Store, state: (ExperimentRecord) -> String) throws {
    let definition = record.definition
    let (cursor, trials) = try store.briefs(of: record.id)
    var limits: [String: JSON] = [:]
    limits["trials"] = definition.limits.trials.map(JSON.int)
    limits["steps"] = definition.limits.steps.map(JSON.int)
    let objectives = definition.objectives
    json = [
      "name": .string(record.name), "state": .string(state(record)), "created": .float(record.created.seconds), "cursor": .int(cursor),
      "objectives": .array(objectives.map(Self.json)), "limits": .object(limits),
      "scheduler": .string(definition.scheduler.name), "proposer": .string(definition.proposer.name),
      "parameters": .array(try store.space(of: record).parameters.map(Self.json)),
      "metrics": .array(Self.inOrder(objectives.map(\.metric), try store.metricNames(of: record.id)).map(JSON.string)),
      "trials": [
        "count": .int(trials.count), "state": .string(trials.map(\.state.letter).joined()),
        "value": .array(trials.map { $0.value.map(JSON.number) ?? .null }), "steps": .array(trials.map { .int($0.steps) }),
      ],
    ]
  }

  private static func inOrder(_ first: [String], _ all: [String]) -> [String] { first + all.filter { !first.contains($0) } }

  private static func json(_ objective: Objective) -> JSON {
    [
      "metric": .string(objective.metric), "goal": .string(objective.goal.rawValue), "target": objective.target.map(JSON.number) ?? .null,
    ]
  }

  private static func json(_ parameter: Parameter) -> JSON {
    var members: [String: JSON] = ["name": .string(parameter.name), "live": .bool(parameter.isLive)]
    switch parameter.domain {
    case .float(let lower, let upper, let scale, _):
      members.merge(["type": "float", "low": .number(lower), "high": .number(upper), "scale": .string(scale.rawValue)]) { $1 }
    case .int(let lower, let upper, let scale, _):
      members.merge(["type": "int", "low": .int(lower), "high": .int(upper), "scale": .string(scale.rawValue)]) { $1 }
    case .choice(let values): members.merge(["type": "choice", "values": .array(values.map(\.json))]) { $1 }
    case .ordinal(let values): members.merge(["type": "ordinal", "values": .array(values.map(\.json))]) { $1 }
    case .bool: members.merge(["type": "bool", "values": [false, true]]) { $1 }
    }
    return .object(members)
  }
}
