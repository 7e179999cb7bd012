import AttuneValues
import AttuneWire

/// Everything a registry knows, as a value: what was declared, what waits for a step, what happened.
struct RegistryState {
  /// Takes a value into a variable of the program, at its start or as a change; `false` when that variable is gone.
  typealias Sink = @Sendable (Value, _ isStart: Bool) -> Bool

  /// A declared variable.
  struct Variable: Sendable {
    typealias Validator = @Sendable (Value) -> String?

    var value: Value
    private let declared: Declared
    /// Almost every tag has one variable: only more than one are a list.
    private var sink: Sink?
    private var others: [Sink] = []

    /// What never changes is kept apart: tables of ten thousand variables stay small.
    private indirect enum Declared: Sendable {
      case declared(VariableDescriptor, initial: Value, Validator?)
    }

    init(descriptor: VariableDescriptor, initial: Value, validate: Validator?) {
      declared = .declared(descriptor, initial: initial, validate)
      value = initial
    }

    var descriptor: VariableDescriptor {
      switch declared {
      case .declared(let descriptor, _, _): descriptor
      }
    }

    var initial: Value {
      switch declared {
      case .declared(_, let initial, _): initial
      }
    }

    /// The reason why a value is refused; `nil` when it is not.
    func validate(_ value: Value) -> String? {
      switch declared {
      case .declared(_, _, let validate): validate?(value)
      }
    }

    mutating func add(_ more: @escaping Sink) {
      if sink == nil { sink = more } else { others.append(more) }
    }

    mutating func take(_ newValue: Value) {
      value = newValue
      if let told = sink, !told(newValue, false) { sink = nil }
      if !others.isEmpty { others.removeAll { !$0(newValue, false) } }
    }
  }

  /// A declared trigger.
  struct Trigger: Sendable {
    let cell = TriggerCell()
    /// Whether each firing is consumed by itself.
    let isCounted: Bool
    /// Fired and not yet consumed.
    var waiting: [Wish] = []
  }

  /// An accepted request.
  struct Wish: Sendable {
    var values: [String: Value] = [:]
    var trigger: String?
    var payload: JSON?
    let number: Int
    let circumstances: Circumstances
  }

  private(set) var tags: [String] = []
  private(set) var triggerTags: [String] = []
  var variables: [String: Variable] = [:]
  var triggers: [String: Trigger] = [:]
  /// Accepted and waiting for a step, in the order of acceptance.
  var pending: [Wish] = []
  var changes = NumberedLog<ChangeNotice>(capacity: 10_000)
  var reports: ReportLog
  var accepted: Set<Int> = []
  var highestNumber = 0
  var replay: Replay
  var schedule: Schedule
  var pause = Pause()
  /// Whether the program is one of several ranks: then any step may have something to apply.
  var isGrouped = false
  /// What the group changed before this rank declared it.
  var inherited: [String: Value] = [:]
  /// In the order of their declaration.
  var derivations: [Derivation] = []
  /// The tags whose derived values are to be calculated again.
  var stale: Set<String> = []
  /// Counts what variables were given.
  var version = 0
  let configuration: [String: Value]

  init(configuration: [String: Value], replay: Replay, schedule: Schedule, reportCapacity: Int) {
    self.configuration = configuration
    self.replay = replay
    self.schedule = schedule
    reports = ReportLog(capacity: reportCapacity)
    accepted = replay.numbers
    highestNumber = replay.numbers.max() ?? 0
  }

  /// Declares a variable, or another of the same tag, and gives it the value to start with.
  /// - Returns: what is wrong, in one line, if anything is.
  mutating func declare(_ variable: Variable, sink: @escaping Sink) -> String? {
    let tag = variable.descriptor.tag
    if var known = variables[tag] {
      guard known.descriptor.kind == variable.descriptor.kind else {
        let kinds = (known.descriptor.kind.rawValue, variable.descriptor.kind.rawValue)
        return "'\(tag)' is declared as \(kinds.0) and as \(kinds.1). The second one cannot be changed from outside."
      }
      known.add(sink)
      variables[tag] = known
      _ = sink(known.value, true)
      return nil
    }
    var variable = variable
    var problem: String?
    if let configured = configuration[tag] {
      if let value = variable.descriptor.converted(configured) {
        variable.value = value
        if (try? variable.descriptor.accepting(configured, current: value)) == nil {
          problem =
            "'\(tag)' = \(configured) of the configuration is outside its range (\(variable.descriptor.allowed)). The program uses it."
        }
      } else {
        problem = variable.descriptor.refusal(of: configured, current: variable.initial).message
      }
    }
    if let value = replay.value(of: tag).flatMap(variable.descriptor.converted) { variable.value = value }
    if let value = inherited.removeValue(forKey: tag).flatMap(variable.descriptor.converted) { variable.value = value }
    variable.add(sink)
    variables[tag] = variable
    tags.append(tag)
    _ = sink(variable.value, true)
    return problem
  }

  /// Declares a trigger, or another of the same tag: then the first one says whether it is counted.
  mutating func declareTrigger(_ tag: String, isCounted: Bool) -> (cell: TriggerCell, problem: String?) {
    if let known = triggers[tag] {
      let differs = "trigger '\(tag)' is declared as counted and as not counted. It stays as it was declared first."
      return (known.cell, known.isCounted == isCounted ? nil : differs)
    }
    let trigger = Trigger(isCounted: isCounted)
    triggers[tag] = trigger
    triggerTags.append(tag)
    schedule.declared(trigger: tag)
    return (trigger.cell, nil)
  }

  var declaration: Declaration {
    Declaration(
      variables: tags.compactMap { tag in variables[tag].map { Declaration.Variable($0.descriptor, value: $0.value) } },
      triggers: triggerTags, counted: triggerTags.filter { triggers[$0]?.isCounted ?? false })
  }

  /// Whether a step may have something to apply.
  var isWaitingForSteps: Bool { !pending.isEmpty || !replay.isOver || !schedule.isOver || pause.standing != .none || isGrouped }
}
