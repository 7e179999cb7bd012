import AttuneCore
import AttuneImportance
import AttuneValues
import System

/// Importance behind a line of JSON: what is searched and what was tried come in, shares and processor seconds go out.
///
/// `{"parameters": […], "trials": [{"configuration": {"x": 0.5}, "value": 0.3}, …], "method": "fanova"}` →
/// `{"shares": {"x": 1.0}, "seconds": 0.02, "explained": 0.98}`.
@main struct TrialImportance {
  static func main() {
    do {
      guard let line = readLine() else { return }
      say(try answer(JSON(parsing: line)).text)
    } catch {
      say(JSON.object(["error": .string("\(error)")]).text)
      exitFailing()
    }
  }

  static func answer(_ request: JSON) throws -> JSON {
    let space = try SearchSpace((request["parameters"]?.array ?? []).map(parameter))
    var history = History(space: space, objective: Objective(metric: "value", goal: .minimize))
    for (index, document) in (request["trials"]?.array ?? []).enumerated() {
      let configuration = Configuration((document["configuration"]?.object ?? [:]).compactMapValues { Value(json: $0) })
      var trial = Trial(id: TrialID(index + 1), configuration: try space.validate(configuration), proposer: "benchmark")
      trial.state = .completed
      trial.reports = [Report(step: 1, metrics: ["value": document["value"]?.double ?? .nan], elapsed: 0)]
      history.append(trial)
    }
    let start = threadNanoseconds()
    let importance =
      request["method"]?.string == "ped-anova" ? try QuantileImportance.importance(of: history) : try FunctionalAnova(history).importance()
    let seconds = (threadNanoseconds() - start) * 1e-9
    let shares = importance.shares.map { ($0.parameters[0], JSON.float($0.share)) }
    return .object([
      "shares": .object(Dictionary(uniqueKeysWithValues: shares)), "seconds": .float(seconds),
      "explained": importance.explained.map { .float($0) } ?? .null,
    ])
  }

  private static func parameter(_ json: JSON) -> Parameter {
    let name = json["name"]?.string ?? ""
    let scale: Scale = json["log"]?.bool ?? false ? .log : .linear
    return switch json["type"]?.string {
    case "int": Parameter(name, .int(lower: json["lower"]?.int ?? 0, upper: json["upper"]?.int ?? 1, scale: scale))
    case "choice": Parameter(name, .choice((json["values"]?.array ?? []).compactMap { Value(json: $0) }))
    default: Parameter(name, .float(lower: json["lower"]?.double ?? 0, upper: json["upper"]?.double ?? 1, scale: scale))
    }
  }
}
