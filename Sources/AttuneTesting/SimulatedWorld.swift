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
  private var copies: Set<TrialID> = []
  private var changes: Set<Int> = []
  private var unacknowledged: [(sequence: Int, kind: Event.Kind)] = []
  private var delivered = 0
  private var sequence = 0
  private var random: RandomStream
  private let steps: Int

  /// - Parameter steps: what a trial that goes well reports.
  public init(seed: UInt64, steps: Int) {
    random = RandomStream(seed: seed, purpose: "world", index: 0)
    self.steps = steps
  }

  /// Carries out an action, once.
  public mutating func perform(_ action: Action) {
    switch action {
    case .start(let id, let slot) where starts[id] == nil:
      expectFree(slot, for: id)
      starts[id] = 1
      let fates: [Ending.Cause] = [
        .exited(status: 0), .exited(status: 0), .exited(status: 0), .exited(status: 1), .exited(status: 75), .signalled(signal: 9),
      ]
      let fate = fates.randomElement(using: &random) ?? .exited(status: 0)
      running[id] = Process(
        slot: slot, step: 0, fate: fate, steps: fate == .exited(status: 0) ? steps : Int.random(in: 1...steps, using: &random))
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
      guard request.wish == .fire(trigger: "attune.suspend"), random.nextUnit() < 0.8 else {
        return saw(.refused(id, number: request.number, message: "no such trigger"))
      }
      running[id]?.isSuspending = true
    case .copyCheckpoint(_, let heir, let role) where copies.insert(heir).inserted:
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
    } else if process.isStopping || process.step == process.steps {
      running[id] = nil
      saw(.attemptEnded(id, Ending(cause: process.isStopping ? .signalled(signal: 15) : process.fate)))
    } else if process.isSuspending, random.nextUnit() < 0.5 {
      running[id] = nil
      let isSaved = random.nextUnit() < 0.9
      let suspension = isSaved ? Suspension(.checkpoint, seconds: 0.25, bytes: 1024) : nil
      saw(.attemptEnded(id, Ending(cause: .exited(status: isSaved ? 75 : 1), hasCheckpoint: true, suspension: suspension)))
    } else {
      process.step += 1
      running[id] = process
      saw(.reported(id, Report(step: process.step, metrics: ["loss": Double(process.step)], elapsed: Double(process.step))))
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

  private mutating func saw(_ kind: Event.Kind) {
    sequence += 1
    unacknowledged.append((sequence, kind))
  }
}
