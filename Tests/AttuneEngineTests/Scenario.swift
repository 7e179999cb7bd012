import AttuneCore
import AttuneEngine
import AttuneSchedulers
import AttuneValues
import Foundation

/// A transcript that a person can read: `>` lines are events, indented lines what the machine wants done about them, `=` lines ask
/// for the state of every trial. Playing it gives the text again, with the machine's own actions and states.
struct Scenario {
  private var machine: ExperimentMachine
  private var journal: [Event] = []
  private var seconds = 0.0
  private let definition: ExperimentDefinition

  init(header: String) throws {
    definition = try Self.definition(Words(header))
    machine = ExperimentMachine(definition, scheduler: try Self.scheduler(definition))
  }

  /// One of the catalog, or `turns`, which makes every move.
  private static func scheduler(_ definition: ExperimentDefinition) throws -> any Scheduler {
    definition.scheduler.name == "turns" ? TurnTaking() : try SchedulerCatalog.make(definition.scheduler)
  }

  /// The text as the machine makes it.
  static func play(_ text: String) throws -> String {
    var scenario: Scenario?
    var output: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      switch line.first {
      case "#", nil: output.append(line)
      case "e":
        scenario = try Scenario(header: line)
        output.append(line)
      case ">":
        output.append(line)
        output += try scenario?.take(Words(String(line.dropFirst()))) ?? []
      case "=":
        if output.last?.hasPrefix("=") != true { output += scenario?.states ?? [] }
      default: break
      }
    }
    return output.joined(separator: "\n")
  }

  private mutating func take(_ words: Words) throws -> [String] {
    if words.first == "crash" {
      machine = ExperimentMachine(definition, scheduler: try Self.scheduler(definition))
      machine.fold(journal)
      return []
    }
    seconds += Double(words["after"] ?? "1") ?? 1
    let event = Event(time: Timestamp(seconds: seconds), try words.event)
    journal.append(event)
    return machine.handle(event).map { "  " + describe($0) }
  }

  private func describe(_ action: Action) -> String {
    switch action {
    case .propose(let trial): "propose \(trial)"
    case .start(let attempt, let slot): "start \(attempt) on \(slot)"
    case .stop(let attempt): "stop \(attempt)"
    case .suspend(let attempt): "suspend \(attempt)"
    case .resume(let attempt, let slot): "resume \(attempt) on \(slot)"
    case .change(let attempt, let request): "change \(attempt) #\(request.number) \(request.wish)"
    case .copyCheckpoint(let trial, let twin, .own): "copy the checkpoint of \(trial) to \(twin)"
    case .copyCheckpoint(let trial, let child, .parents): "copy the checkpoint of \(trial) beside that of \(child)"
    case .copyCheckpoint(let trial, let twin, .inherited): "copy what \(trial) began with beside the checkpoint of \(twin)"
    case .copyCheckpoint(let trial, let heir, .adopted(let number)): "copy the checkpoint of \(trial) for \(heir) to adopt, #\(number)"
    case .predict(let request): "predict \(request.trial) from \(request.curve.steps) at \(request.steps)"
    case .wake(let time): "wake at \(time.seconds)"
    case .finish(let outcome): "finish: \(outcome)"
    }
  }

  private var states: [String] {
    let lines = machine.history.trials.map { trial in
      let value = machine.history.values(of: trial).map { " \($0.map(\.description).joined(separator: "/"))" } ?? ""
      let attempts = trial.attempts.count == 1 ? "" : " after \(trial.attempts.count) attempts"
      let twin = trial.origin.map { " twin of \($0.trial) from \($0.step) without \($0.leftOut)" } ?? ""
      let replica = trial.replica.map { " \($0.phase) seed \($0.seed) of \($0.trial)" } ?? ""
      let changes = trial.origin == nil ? "" : " with changes \(trial.changes.map(\.number))"
      let line =
        trial.adoptions.isEmpty ? "" : " after \(trial.past.map { "\($0.trial)" }.joined(separator: ", ")) from \(trial.present.start)"
      let heir = trial.parent.map { trial.hasInherited ? " heir of \($0)" : " child of \($0) without its checkpoint" } ?? ""
      let edited = trial.attempts.isEmpty && trial.origin == nil ? " at \(trial.configuration)" : ""
      return "= trial \(trial.id) \(trial.state)\(edited)\(value)\(line)\(attempts)\(heir)\(twin)\(replica)\(changes)"
        + (trial.reason.map { " – \($0)" } ?? "")
    }
    return lines + best
  }

  /// Where there is more to say than the value of each trial.
  private var best: [String] {
    let criteria = machine.history.criteria
    guard criteria.objectives.count > 1 || !criteria.outcomeConstraints.isEmpty || criteria.seeds != nil else { return [] }
    return machine.history.front.map { result in
      let values = (result.values ?? []).map(\.description).joined(separator: "/")
      return "= best: trial \(result.trial) with \(values)" + (criteria.isFeasible(result) ? "" : ", infeasible")
    }
  }

  private static func definition(_ words: Words) throws -> ExperimentDefinition {
    var definition = ExperimentDefinition(
      name: "scenario", job: Job(command: ["train"], directory: "/"),
      objective: Objective(metric: "accuracy", goal: .maximize, target: words["target"].flatMap(Double.init)),
      space: try SearchSpace([Parameter("lr", .float(lower: 0, upper: 1), isLive: true)]),
      proposer: AlgorithmChoice(words["proposer"] ?? "random"),
      scheduler: AlgorithmChoice(words["scheduler"] ?? "fifo", options: words["startup"].map { ["startup": Value(typed: $0)] } ?? [:]),
      resources: Resources(localSlots: 2),
      limits: Limits(
        trials: words["trials"].flatMap { Int($0) }, steps: words["steps"].flatMap { Int($0) }, time: words["time"].flatMap(Double.init),
        retries: words["retries"].flatMap { Int($0) } ?? 0), seed: 1)
    if words.contains("latency") { definition.objectives.append(Objective(metric: "latency", goal: .minimize)) }
    definition.outcomeConstraints = (words["memory"].flatMap(Double.init)).map { [OutcomeConstraint(metric: "memory", .atMost, $0)] } ?? []
    definition.stopWhen = words["stop"].map(bounds) ?? []
    definition.suspend = words["suspend"].flatMap(SuspendMode.init(rawValue:)) ?? .none
    definition.seeds = words["tune"].flatMap { Int($0) }.map { tune in
      Seeds(
        tune: tune, test: words["test"].flatMap { Int($0) } ?? 0, summary: words["summary"].flatMap(Seeds.Summary.init(rawValue:)) ?? .mean)
    }
    return definition
  }
}

extension Scenario {
  /// `accuracy>=0.9,latency<=20`.
  private static func bounds(_ text: String) -> [OutcomeConstraint] {
    text.split(separator: ",").compactMap { text in
      let isFloor = text.contains(">=")
      let parts = text.components(separatedBy: isFloor ? ">=" : "<=")
      return parts.last.flatMap(Double.init).map { OutcomeConstraint(metric: parts[0], isFloor ? .atLeast : .atMost, $0) }
    }
  }
}

/// `report 1.1 step=3 accuracy=0.5`: words, some of them `name=value`.
struct Words {
  private let words: [String]

  init(_ line: String) { words = line.split(separator: " ").map(String.init) }

  var first: String? { words.first }

  func contains(_ word: String) -> Bool { words.contains(word) }

  subscript(name: String) -> String? {
    words.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  private subscript(index: Int) -> String { words.indices.contains(index) ? words[index] : "" }

  var event: Event.Kind {
    get throws {
      switch first {
      case "opened": .opened
      case "slot": .slotOffered(try slot)
      case "lost-slot": .slotLost(try slot)
      case "proposed":
        .proposed(
          configuration: Configuration(["lr": Value(typed: self["lr"] ?? "0.5")]), by: "random",
          parent: self["parent"].flatMap { Int($0) }.map { TrialID($0) })
      case "exhausted": .proposed(configuration: nil, by: "random")
      case "predicted": try prediction
      case "cannot-propose": .proposalFailed(message: words.dropFirst().joined(separator: " "))
      case "started": .attemptStarted(try attempt)
      case "report": .reported(try attempt, try report)
      case "ended": .attemptEnded(try attempt, try ending)
      case "applied": .changed(try attempt, try change)
      case "copied":
        .checkpointCopied(
          twin: TrialID(Int(self[1]) ?? 0), problem: self["problem"], adoption: self["adoption"].flatMap { Int($0) })
      case "fork":
        .commanded(
          .fork(
            TrialID(Int(self[1]) ?? 0), from: self["from"].flatMap(ForkStart.init) ?? .lastCheckpoint,
            before: self["before"].flatMap { Int($0) }), by: "ada")
      case "refused": .refused(try attempt, number: Int(self["number"] ?? "") ?? 0, message: "no")
      case "stop": .commanded(.stop, by: "ada")
      case "interrupt": .commanded(.interrupt, by: "ada")
      case "suspended": .suspended(try attempt, Suspension(.signal, seconds: 0.1, bytes: 1000))
      case "stayed": .suspendFailed(try attempt, message: "no")
      case "resumed": .resumed(try attempt)
      case "suspend-trial": .commanded(.suspendTrial(TrialID(Int(self[1]) ?? 0)), by: "ada")
      case "resume-trial": .commanded(.resumeTrial(TrialID(Int(self[1]) ?? 0)), by: "ada")
      case "stop-trial": .commanded(.stopTrial(TrialID(Int(self[1]) ?? 0)), by: "ada")
      case "set":
        .commanded(
          .change(trial: TrialID(Int(self[1]) ?? 0), wish: .set(["lr": Value(typed: self["lr"] ?? "")]), atStep: nil, reason: nil),
          by: "ada")
      case "add": .commanded(.add(Configuration(["lr": Value(typed: self["lr"] ?? "")])), by: "ada")
      case "narrow", "widen", "freeze", "unfreeze": .commanded(.edit(edit), by: "ada")
      case "tick": .tick
      default: throw ScenarioError(description: "no event is called '\(first ?? "")'")
      }
    }
  }

  private var slot: Slot {
    get throws {
      let parts = self[1].split(separator: "/")
      guard parts.count == 2, let index = Int(parts[1]) else {
        throw ScenarioError(description: "a slot is written local/0; got '\(self[1])'")
      }
      return Slot(agent: String(parts[0]), index: index)
    }
  }

  private var attempt: AttemptID {
    get throws {
      guard let id = AttemptID(self[1]) else { throw ScenarioError(description: "an attempt is written 1.1; got '\(self[1])'") }
      return id
    }
  }

  /// `predicted 1 at=2 mean=0.5`; without a mean there is no prediction.
  private var prediction: Event.Kind {
    get throws {
      guard let trial = Int(self[1]), let step = self["at"].flatMap({ Int($0) }) else {
        throw ScenarioError(description: "a prediction is written: predicted TRIAL at=STEP mean=VALUE")
      }
      let chance = self["chance"].flatMap(Double.init) ?? 0.5
      let prediction = self["mean"].flatMap(Double.init).map { CurvePrediction(mean: [$0], deviation: [0.1], probability: [chance]) }
      return .predicted(TrialID(trial), at: step, prediction)
    }
  }

  /// `narrow 0.2 0.4`, of the only parameter.
  private var edit: SpaceEdit {
    let (low, high) = (Value(typed: self[1]), Value(typed: self[2]))
    return switch first {
    case "narrow": .narrow("lr", lower: low, upper: high)
    case "widen": .widen("lr", lower: low, upper: high)
    case "freeze": .freeze("lr", low)
    default: .unfreeze("lr")
    }
  }

  private var change: Change {
    get throws {
      let trigger = self["trigger"]
      return Change(
        number: Int(self["number"] ?? "") ?? 0, step: Int(self["step"] ?? "") ?? 1, values: trigger == nil ? ["lr": 0.1] : [:],
        trigger: trigger, by: "ada")
    }
  }

  private var report: Report {
    get throws {
      guard let step = self["step"].flatMap({ Int($0) }) else { throw ScenarioError(description: "a report needs step=") }
      let metrics = words.dropFirst(2).compactMap { word -> (String, Double)? in
        let parts = word.split(separator: "=")
        guard parts.count == 2, !["step", "after", "checkpoint"].contains(parts[0]), let value = Double(parts[1]) else { return nil }
        return (String(parts[0]), value)
      }
      return Report(
        step: step, metrics: Dictionary(uniqueKeysWithValues: metrics), elapsed: Double(step), hasCheckpoint: self["checkpoint"] == "yes")
    }
  }

  private var ending: Ending {
    get throws {
      let tail = self["tail"]?.replacingOccurrences(of: "_", with: " ") ?? ""
      return switch self[2] {
      case "exit": Ending(cause: .exited(status: Int(self[3]) ?? 0), tail: tail)
      case "signal": Ending(cause: .signalled(signal: Int(self[3]) ?? 0), tail: tail)
      case "time-limit": Ending(cause: .timeLimit, tail: tail)
      case "lost": Ending(cause: .lost, tail: tail)
      case "not-started": Ending(cause: .notStarted(message: "no"), tail: tail)
      default: throw ScenarioError(description: "an attempt ends with exit N, signal N, time-limit, lost or not-started; got '\(self[2])'")
      }
    }
  }
}

struct ScenarioError: Error, CustomStringConvertible { let description: String }
