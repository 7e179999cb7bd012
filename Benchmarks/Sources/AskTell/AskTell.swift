import AttuneCore
import AttuneMath
import AttuneProposers
import AttuneValues
import System

/// A proposer behind lines of JSON on standard input and output, so that one benchmark in Python evaluates every library's proposals.
///
/// The first line says what is searched, each later one asks for a trial or tells what became of one:
/// `{"proposer": {"name": "tpe"}, "seed": 1, "parameters": [{"name": "x", "type": "float", "lower": 0, "upper": 1, "log": false}]}`,
/// `{"ask": true}` → `{"trial": 1, "configuration": {"x": 0.5}, "seconds": 0.0001}`, `{"tell": 1, "value": 0.3}`; no value: it failed.
@main struct AskTell {
  static func main() {
    do {
      guard let first = readLine() else { return }
      var session = try Session(JSON(parsing: first))
      while let line = readLine() {
        if let answer = try session.answer(JSON(parsing: line)) { say(answer.text) }
      }
    } catch {
      say(JSON.object(["error": .string("\(error)")]).text)
      exitFailing()
    }
  }
}

struct Session {
  private var history: History
  private var proposer: any Proposer
  private let name: String
  private let seed: UInt64

  init(_ request: JSON) throws {
    let parameters = try (request["parameters"]?.array ?? []).map(Self.parameter)
    let choice = request["proposer"]?.object ?? ["name": "random"]
    name = choice["name"]?.string ?? "random"
    var options: [String: Value] = [:]
    for (key, json) in choice where key != "name" { options[key] = Value(json: json) }
    proposer = try ProposerCatalog.make(AlgorithmChoice(name, options: options))
    seed = UInt64(request["seed"]?.int ?? 0)
    history = History(space: try SearchSpace(parameters), objective: Objective(metric: "value", goal: .minimize))
  }

  mutating func answer(_ request: JSON) throws -> JSON? {
    guard let told = request["tell"]?.int else { return try ask() }
    let id = TrialID(told)
    if let value = request["value"]?.double {
      history[id].reports = [Report(step: 1, metrics: ["value": value], elapsed: 0)]
      history[id].state = .completed
    } else {
      history[id].state = .failed
    }
    return nil
  }

  private mutating func ask() throws -> JSON {
    let id = TrialID(history.trials.count + 1)
    let start = threadNanoseconds()
    var random = RandomStream(seed: seed, purpose: "propose", index: id.rawValue)
    let proposal = try proposer.propose(id, after: history, using: &random)
    let seconds = (threadNanoseconds() - start) * 1e-9
    guard let proposal else { return .object(["trial": .null]) }
    var trial = Trial(id: id, configuration: proposal.configuration, proposer: name, parent: proposal.parent, note: proposal.note)
    trial.state = .running
    history.append(trial)
    return .object([
      "trial": .int(id.rawValue), "configuration": proposal.configuration.json, "seconds": .float(seconds),
      "note": proposal.note.map { .string($0) } ?? .null,
    ])
  }

  private static func parameter(_ json: JSON) throws -> Parameter {
    let name = json["name"]?.string ?? ""
    let scale: Scale = json["log"]?.bool ?? false ? .log : .linear
    switch json["type"]?.string {
    case "int": return Parameter(name, .int(lower: json["lower"]?.int ?? 0, upper: json["upper"]?.int ?? 1, scale: scale))
    case "choice": return Parameter(name, .choice((json["values"]?.array ?? []).compactMap { Value(json: $0) }))
    default: return Parameter(name, .float(lower: json["lower"]?.double ?? 0, upper: json["upper"]?.double ?? 1, scale: scale))
    }
  }
}
