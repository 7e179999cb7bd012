import AttuneCore
import AttuneMath

/// Agents and processes as they might behave, in no time: the world that a machine is tried against.
///
/// It starts an attempt once however often it is told to, keeps what it saw until it is acknowledged, tells it again to a new
/// controller, and lets processes report, crash, hang until they are stopped, suspend themselves, asked or not, or be
/// stopped and go on, as its random stream has it.
public struct SimulatedWorld: Sendable {
  /// A process that runs.
  public struct Process: Sendable {
    var slot: Slot
    var step: Int
    var isStopping = false
    /// Its program was asked to save and exit.
    var isSuspending = false
    /// Its processes are to be stopped, or are stopped and keep their memory.
    var isFreezing = false
    var isFrozen = false
    /// Who did each of the steps that led to its state; kept where checkpoints are.
    var life: [TrialID] = []
    /// Whether it has saved since its last report.
    var hasSaved = false
    /// Triggers that it has not taken notice of: `attune.checkpoint`, `attune.load`.
    var fired: [ChangeRequest] = []
    /// What it will do after its last step.
    let fate: Ending.Cause
    let steps: Int
  }

  /// How often each attempt was really started: never more than once.
  public private(set) var starts: [AttemptID: Int] = [:]
  /// What runs now.
  public private(set) var running: [AttemptID: Process] = [:]
  /// The trials that were given a copy of their parent's checkpoint.
  public private(set) var heirs: Set<TrialID> = []
  /// Who did each of the steps that led to where a trial's last process was at its end.
  public private(set) var lives: [TrialID: [TrialID]] = [:]
  private var copies: Set<String> = []
  private var changes: Set<Int> = []
  private var unacknowledged: [(sequence: Int, kind: Event.Kind)] = []
  private var delivered = 0
  private var sequence = 0
  var random: RandomStream
  private let steps: Int
  /// `nil` where programs keep none and begin at the first step again.
  var checkpoints: SimulatedCheckpoints?

  /// - Parameters:
  ///   - steps: what a trial that goes well reports.
  ///   - checkpoints: what programs save and load; `nil` where they do not.
  public init(seed: UInt64, steps: Int, checkpoints: SimulatedCheckpoints? = nil) {
    random = RandomStream(seed: seed, purpose: "world", index: 0)
    self.steps = steps
    self.checkpoints = checkpoints
  }

  /// Carries out an action, once.
  /// - Parameter adoption: of a start, the number of the copy that takes the place of the trial's checkpoint.
  public mutating func perform(_ action: Action, adopting adoption: Int? = nil) {
    switch action {
    case .start(let id, let slot) where starts[id] == nil:
      expectFree(slot, for: id)
      starts[id] = 1
      let fates: [Ending.Cause] = [
        .exited(status: 0), .exited(status: 0), .exited(status: 0), .exited(status: 1), .exited(status: 75), .signalled(signal: 9),
      ]
      let fate = fates.randomElement(using: &random) ?? .exited(status: 0)
      let life = checkpoints?.begin(id.trial, adopting: adoption) ?? []
      let last = fate == .exited(status: 0) ? steps : Int.random(in: 1...steps, using: &random)
      running[id] = Process(slot: slot, step: life.count, life: life, fate: fate, steps: max(last, life.count))
      saw(.attemptStarted(id))
    case .stop(let id):
      running[id]?.isStopping = true
      running[id]?.isFrozen = false
    case .suspend(let id) where running[id]?.isFrozen == false: running[id]?.isFreezing = true
    case .resume(let id, let slot) where running[id]?.isFrozen == true:
      expectFree(slot, for: id)
      running[id]?.slot = slot
      running[id]?.isFrozen = false
      saw(.resumed(id))
    case .change(let id, let request) where running[id] != nil && changes.insert(request.number).inserted:
      if let checkpoints, checkpoints.accepts(request.wish), random.nextUnit() < 0.8 {
        running[id]?.fired.append(request)
        return
      }
      guard request.wish == .fire(trigger: "attune.suspend"), random.nextUnit() < 0.8 else {
        return saw(.refused(id, number: request.number, message: "no such trigger"))
      }
      running[id]?.isSuspending = true
    case .copyCheckpoint(let trial, let heir, .adopted(let number)):
      // Repeated after a death, it may be answered twice.
      let isCopied = checkpoints?.copy(of: trial, number) ?? false
      saw(.checkpointCopied(twin: heir, problem: isCopied ? nil : "no checkpoint", adoption: number))
    case .copyCheckpoint(_, let heir, let role) where copies.insert("\(heir)").inserted:
      let problem = role == .parents && random.nextUnit() < 0.3 ? "no checkpoint" : nil
      if problem == nil, role != .own { heirs.insert(heir) }
      saw(.checkpointCopied(twin: heir, problem: problem))
    default: break
    }
  }

  /// One process does one thing; `false` when none runs.
  public mutating func advance() -> Bool {
    // Stopped processes are killed like others, but mostly nothing happens to them.
    let isOfFrozen = random.nextUnit() < 0.01
    let able = running.filter { $0.value.isFrozen == isOfFrozen }.keys.sorted()
    guard let id = able.randomElement(using: &random), var process = running[id] else { return !running.isEmpty }
    if process.isFrozen {
      running[id] = nil
      saw(.attemptEnded(id, Ending(cause: random.nextUnit() < 0.5 ? .lost : .signalled(signal: 9))))
    } else if process.isFreezing, !process.isStopping {
      process.isFreezing = false
      process.isFrozen = random.nextUnit() < 0.8
      running[id] = process
      saw(process.isFrozen ? .suspended(id, Suspension(.signal, seconds: 0.25, bytes: 1024)) : .suspendFailed(id, message: "no"))
    } else if process.isStopping || process.step >= process.steps {
      running[id] = nil
      lives[id.trial] = process.life
      saw(.attemptEnded(id, Ending(cause: process.isStopping ? .signalled(signal: 15) : process.fate)))
    } else if process.isSuspending, random.nextUnit() < 0.5 {
      running[id] = nil
      let isSaved = random.nextUnit() < 0.9
      if isSaved { save(&process, id.trial) }
      let suspension = isSaved ? Suspension(.checkpoint, seconds: 0.25, bytes: 1024) : nil
      saw(.attemptEnded(id, Ending(cause: .exited(status: isSaved ? 75 : 1), hasCheckpoint: true, suspension: suspension)))
    } else if !process.fired.isEmpty, random.nextUnit() < 0.5 {
      notice(process.fired.removeFirst(), &process, id)
      running[id] = process
    } else {
      process.step += 1
      process.life.append(id.trial)
      if checkpoints != nil, random.nextUnit() < 0.6 { save(&process, id.trial) }
      saw(
        .reported(
          id,
          Report(
            step: process.step, metrics: ["loss": Double(process.step)], elapsed: Double(process.step), hasCheckpoint: process.hasSaved)))
      process.hasSaved = false
      running[id] = process
    }
    return true
  }

  /// What the controller has not been told yet, or everything not acknowledged when it is a new one.
  public mutating func events(toNewController: Bool = false) -> [RunnerEvent] {
    if toNewController { delivered = 0 }
    defer { delivered = sequence }
    return unacknowledged.filter { $0.sequence > delivered }.map { RunnerEvent(source: "world", sequence: $0.sequence, $0.kind) }
  }

  /// The controller has these in its journal.
  public mutating func acknowledge(through sequence: Int) {
    unacknowledged.removeAll { $0.sequence <= sequence }
  }

  private func expectFree(_ slot: Slot, for id: AttemptID) {
    precondition(!running.values.contains { $0.slot == slot && !$0.isFrozen }, "slot \(slot) is taken; \(id) must not run there")
  }

  mutating func saw(_ kind: Event.Kind) {
    sequence += 1
    unacknowledged.append((sequence, kind))
  }
}
