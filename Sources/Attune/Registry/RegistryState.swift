import AttuneValues
import AttuneWire

/// A variable of the program, as its registry sees it.
protocol ValueHolder: AnyObject, Sendable {
  /// Takes a value, at its start or as a change.
  func hold(_ value: Value, isStart: Bool)
}

/// Everything a registry knows, as a value: what was declared, what waits for a step, what happened.
struct RegistryState {
  /// A declared variable.
  struct Variable: Sendable {
    typealias Validator = @Sendable (Value) -> String?

    var value: Value
    private let declared: Declared
    /// The program's variable: the first of this tag.
    private weak var holder: (any ValueHolder)?

    /// What never changes is kept apart: tables of ten thousand variables stay small.
    private indirect enum Declared: Sendable {
      case declared(VariableDescriptor, initial: Value, Validator?)
    }

    init(descriptor: VariableDescriptor, initial: Value, validate: Validator?, holder: any ValueHolder) {
      declared = .declared(descriptor, initial: initial, validate)
      value = initial
      self.holder = holder
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

    mutating func take(_ newValue: Value) {
      value = newValue
      holder?.hold(newValue, isStart: false)
    }
  }

  /// A variable of a tag that another variable had declared before.
  struct Twin: Sendable {
    weak var holder: (any ValueHolder)?
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
  private var twins: [String: [Twin]] = [:]
  var triggers: [String: Trigger] = [:]
  /// Accepted and waiting for a step, in the order of acceptance.
  var pending: [Wish] = []
  var changes = NumberedLog<ChangeNotice>(capacity: 10_000)
  var reports: ReportLog
  var accepted = NumberSet()
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
    accepted = NumberSet(replay.numbers)
    highestNumber = replay.numbers.max() ?? 0
  }

  /// Declares a variable, or another of the same tag, and gives it the value to start with.
  /// - Returns: what is wrong, in one line, if anything is.
  mutating func declare(_ variable: Variable, of holder: any ValueHolder) -> String? {
    let tag = variable.descriptor.tag
    if let known = variables[tag] {
      guard known.descriptor.kind == variable.descriptor.kind else {
        let kinds = (known.descriptor.kind.rawValue, variable.descriptor.kind.rawValue)
        return "'\(tag)' is declared as \(kinds.0) and as \(kinds.1). The second one cannot be changed from outside."
      }
      twins[tag, default: []].append(Twin(holder: holder))
      holder.hold(known.value, isStart: true)
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
    variables[tag] = variable
    tags.append(tag)
    holder.hold(variable.value, isStart: true)
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

  /// Gives the program's variables of that tag their new value.
  mutating func tell(_ tag: String, _ value: Value) {
    variables[tag]?.take(value)
    guard !twins.isEmpty, let others = twins[tag] else { return }
    let living = others.filter { $0.holder != nil }
    twins[tag] = living.isEmpty ? nil : living
    for twin in living { twin.holder?.hold(value, isStart: false) }
  }

  var declaration: Declaration {
    Declaration(
      variables: tags.compactMap { tag in variables[tag].map { Declaration.Variable($0.descriptor, value: $0.value) } },
      triggers: triggerTags, counted: triggerTags.filter { triggers[$0]?.isCounted ?? false })
  }

  /// Whether a step may have something to apply.
  var isWaitingForSteps: Bool { !pending.isEmpty || !replay.isOver || !schedule.isOver || pause.standing != .none || isGrouped }
}
