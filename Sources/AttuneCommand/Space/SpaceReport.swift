import AttuneCore
import AttuneValues

/// A search space for a person or a program.
struct SpaceReport {
  let experiment: String
  let space: SearchSpace

  var text: String {
    let rows = space.parameters.map { parameter in
      [
        parameter.name, parameter.frozen.map { "frozen to \($0)" } ?? "\(parameter.domain)",
        parameter.thawed.map { "\($0)" } ?? (parameter.frame == parameter.domain ? "" : "\(parameter.frame)"),
        parameter.condition?.text ?? "",
      ]
    }
    let constraints = space.constraints.map { "\nconstraint  \($0.text)" }.joined()
    return Table.text(["parameter", "may take", "before", "only when"], rows) + constraints
  }

  var json: JSON {
    let parameters = space.parameters.map { parameter -> JSON in
      var members = Self.members(of: parameter.domain)
      members["name"] = .string(parameter.name)
      members["frozen"] = parameter.frozen?.json
      members["before"] = (parameter.thawed ?? (parameter.frame == parameter.domain ? nil : parameter.frame)).map {
        .object(Self.members(of: $0))
      }
      members["when"] = parameter.condition.map { .string($0.text) }
      return .object(members)
    }
    return [
      "experiment": .string(experiment), "parameters": .array(parameters),
      "constraints": .array(space.constraints.map { .string($0.text) }),
    ]
  }

  private static func members(of domain: Domain) -> [String: JSON] {
    switch domain {
    case .float(let lower, let upper, let scale, let step):
      var members: [String: JSON] = ["type": "float", "range": [.number(lower), .number(upper)], "scale": .string(scale.rawValue)]
      members["step"] = step.map(JSON.number)
      return members
    case .int(let lower, let upper, let scale, let step):
      var members: [String: JSON] = ["type": "int", "range": [.int(lower), .int(upper)], "scale": .string(scale.rawValue)]
      members["step"] = step.map(JSON.int)
      return members
    case .choice(let values): return ["type": "choice", "values": .array(values.map(\.json))]
    case .ordinal(let values): return ["type": "ordinal", "values": .array(values.map(\.json))]
    case .bool: return ["type": "bool"]
    }
  }
}
