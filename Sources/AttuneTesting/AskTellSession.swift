import AttuneCore
import AttuneMath
import AttuneValues

/// A proposer behind messages of JSON, so that one measurement in any language evaluates the proposals of every library.
///
/// The first message says what is searched; each later one asks for a trial, tells what became of one, or adds trials of others:
/// `{"proposer": {"name": "tpe"}, "seed": 1, "parameters": [{"name": "x", "type": "float", "lower": 0, "upper": 1, "log": false}]}`,
/// `{"ask": true}` → `{"trial": 1, "configuration": {"x": 0.5}, "seconds": 0.0001, "note": null}`, `{"trial": null}` when nothing is left;
/// `{"tell": 1, "value": 0.3}`, without a value when it failed; `{"add": [{"configuration": {"x": 0.5}, "value": 0.3}]}`. With
/// `"objectives": 2` in the first message, lists of so many stand in the places of values.
/// When not to use it: for an experiment; nothing is kept, and the sender is trusted to tell of trials that exist, once.
public struct AskTellSession {
  private var history: History
  private var proposer: any Proposer
  private let name: String
  private let seed: UInt64
  private let processorSeconds: @Sendable () -> Double

  /// - Parameters:
  ///   - request: the first message.
  ///   - make: makes the proposer that the message names.
  ///   - processorSeconds: what the calling thread has used; the difference over a proposal is in the answer.
  /// - Throws: `SpaceError`, and what `make` throws.
  public init(
    _ request: JSON, make: (AlgorithmChoice) throws -> any Proposer, processorSeconds: @escaping @Sendable () -> Double = { 0 }
  ) throws {
    let choice = request["proposer"]?.object ?? ["name": "random"]
    name = choice["name"]?.string ?? "random"
    var options: [String: Value] = [:]
    for (key, json) in choice where key != "name" { options[key] = Value(json: json) }
    proposer = try make(AlgorithmChoice(name, options: options))
    seed = UInt64(request["seed"]?.int ?? 0)
    let space = try SearchSpace((request["parameters"]?.array ?? []).map(Self.parameter))
    let objectives = (0..<max(1, request["objectives"]?.int ?? 1)).map { Objective(metric: "value \($0 + 1)", goal: .minimize) }
    history = History(space: space, objectives: objectives)
    self.processorSeconds = processorSeconds
  }

  /// - Returns: the answer to a question, `nil` after what is only told.
  /// - Throws: `SpaceError` for an added configuration that is not of the space, and what the proposer throws.
  public mutating func answer(_ request: JSON) throws -> JSON? {
    if let told = request["tell"]?.int {
      end(TrialID(told), value: request["value"])
    } else if let added = request["add"]?.array {
      for trial in added { try add(trial) }
    } else {
      return try ask()
    }
    return nil
  }

  private mutating func ask() throws -> JSON {
    let id = TrialID(history.trials.count + 1)
    let start = processorSeconds()
    var random = RandomStream(seed: seed, purpose: "propose", index: id.rawValue)
    let proposal = try proposer.propose(id, after: history, using: &random)
    let seconds = processorSeconds() - start
    guard let proposal else { return .object(["trial": .null]) }
    var trial = Trial(id: id, configuration: proposal.configuration, proposer: name, parent: proposal.parent, note: proposal.note)
    trial.state = .running
    history.append(trial)
    return .object([
      "trial": .int(id.rawValue), "configuration": proposal.configuration.json, "seconds": .float(seconds),
      "note": proposal.note.map { .string($0) } ?? .null,
    ])
  }

  private mutating func end(_ id: TrialID, value: JSON?) {
    let values = (value?.array ?? [value].compactMap(\.self)).compactMap(\.double)
    guard values.count == history.objectives.count else { return history[id].state = .failed }
    let metrics = Dictionary(zip(history.objectives.map(\.metric), values)) { first, _ in first }
    history[id].reports = [Report(step: 1, metrics: metrics, elapsed: 0)]
    history[id].state = .completed
  }

  private mutating func add(_ json: JSON) throws {
    var configuration = Configuration()
    for (name, value) in json["configuration"]?.object ?? [:] { configuration[name] = Value(json: value) }
    let id = TrialID(history.trials.count + 1)
    history.append(Trial(id: id, configuration: try history.space.validate(configuration), proposer: "somebody"))
    end(id, value: json["value"])
  }

  private static func parameter(_ json: JSON) -> Parameter {
    let name = json["name"]?.string ?? ""
    let scale: Scale = json["log"]?.bool ?? false ? .log : .linear
    switch json["type"]?.string {
    case "int": return Parameter(name, .int(lower: json["lower"]?.int ?? 0, upper: json["upper"]?.int ?? 1, scale: scale))
    case "choice": return Parameter(name, .choice((json["values"]?.array ?? []).compactMap { Value(json: $0) }))
    default: return Parameter(name, .float(lower: json["lower"]?.double ?? 0, upper: json["upper"]?.double ?? 1, scale: scale))
    }
  }
}
