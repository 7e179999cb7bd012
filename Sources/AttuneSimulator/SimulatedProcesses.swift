import AttuneCore
import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The processes of a simulated experiment: each plays the curve of its trial's configuration, from where its checkpoint left off.
///
/// What comes next of a process is due at a moment; what is due for a process that has ended meanwhile is void.
struct SimulatedProcesses {
  /// What a process does next.
  enum Step {
    case report
    case failure
    /// Its slot is free, as it was asked.
    case yielded
  }

  /// A process.
  struct Process {
    let attempt: AttemptID
    let curve: Int
    let began: Double
    /// Reports of the curve that are done.
    var done: Int
    /// When what is under way began: a step, or the suspension.
    var mark: Double
    /// Before it, the process is still loading its checkpoint.
    var trainsFrom: Double
    /// Grows whenever what was due becomes void.
    var ticket: Int
    /// The reports after which it dies, and what part of the step after them it does.
    let death: (after: Int, share: Double)?
    /// It was asked to give up its slot.
    var isYielding = false
    /// It is giving it up.
    var isSuspending = false
  }

  /// By the index of the slot.
  private(set) var running: [Process?]
  /// For each trial the reports that its checkpoint holds.
  private var saved: [Int32]
  /// For each trial the slot where it ran last.
  private var slots: [Int32]
  /// For each trial its configuration's place in the workload.
  let order: [Int]
  private let workload: Workload
  private let conditions: Conditions
  private let seed: UInt64
  private var tickets = 0

  init(_ workload: Workload, order: [Int], conditions: Conditions, seed: UInt64) {
    self.workload = workload
    self.order = order
    self.conditions = conditions
    self.seed = seed
    running = Array(repeating: nil, count: conditions.slots)
    saved = Array(repeating: 0, count: order.count)
    slots = saved
  }

  /// What the next report of a process says of the objective.
  func value(after process: Process) -> Double { workload.curves[process.curve].values[process.done] }

  /// Begins an attempt.
  mutating func start(_ attempt: AttemptID, in slot: Slot, at clock: Double) {
    let trial = attempt.trial.rawValue - 1
    tickets += 1
    let trainsFrom = clock + (attempt.number > 1 ? conditions.resumeCost : 0)
    let done = Int(saved[trial])
    slots[trial] = Int32(slot.index)
    running[slot.index] = Process(
      attempt: attempt, curve: order[trial], began: clock, done: done, mark: trainsFrom, trainsFrom: trainsFrom, ticket: tickets,
      death: death(of: attempt, after: done))
  }

  /// What a process does next if nobody interferes, and when; `nil` when its curve is played.
  func next(of process: Process) -> (step: Step, time: Double)? {
    guard process.done < workload.curves[process.curve].steps.count else { return nil }
    let seconds = workload.curves[process.curve].duration(process.done)
    if let death = process.death, death.after == process.done { return (.failure, process.mark + death.share * seconds) }
    return (.report, process.mark + seconds)
  }

  /// A step is done.
  /// - Returns: what the process says of it.
  mutating func finishStep(in slot: Int, at clock: Double) -> Report? {
    guard var process = running[slot] else { return nil }
    let place = process.done
    process.done += 1
    process.mark = clock
    running[slot] = process
    let isSaved = conditions.checkpointEvery.map { process.done.isMultiple(of: $0) } ?? false
    if isSaved { saved[process.attempt.trial.rawValue - 1] = Int32(process.done) }
    return Report(
      step: workload.curves[process.curve].steps[place], metrics: workload.curves[process.curve].metrics[place],
      elapsed: clock - process.began, hasCheckpoint: isSaved)
  }

  /// A process is asked to give up its slot. One that has played its curve is ending anyway.
  /// - Returns: whether it begins to do so at once.
  mutating func ask(slot: Int, at clock: Double) -> Bool {
    guard let process = running[slot], !process.isYielding, process.done < workload.curves[process.curve].steps.count else { return false }
    running[slot]?.isYielding = true
    return conditions.yielding == .atOnce || process.mark == clock
  }

  /// What it has done until now is saved, and nothing else is done.
  /// - Returns: the ticket of the suspension.
  mutating func suspend(slot: Int, at clock: Double) -> Int {
    guard var process = running[slot] else { return 0 }
    tickets += 1
    process.ticket = tickets
    process.isSuspending = true
    process.mark = clock
    process.trainsFrom = min(process.trainsFrom, clock)
    saved[process.attempt.trial.rawValue - 1] = Int32(process.done)
    running[slot] = process
    return tickets
  }

  /// A process is gone.
  mutating func end(slot: Int) { running[slot] = nil }

  /// The slot in which an attempt runs; `nil` when it does not.
  func slot(of attempt: AttemptID) -> Int? {
    let slot = Int(slots[attempt.trial.rawValue - 1])
    return running[slot]?.attempt == attempt ? slot : nil
  }

  /// Every trial's luck is its own: its processes die at the same steps, whatever the scheduler does elsewhere.
  private func death(of attempt: AttemptID, after done: Int) -> (after: Int, share: Double)? {
    guard conditions.failureRate > 0 else { return nil }
    var random = RandomStream(seed: seed, purpose: "simulated failure \(attempt.number)", index: attempt.trial.rawValue)
    let (unit, share) = (random.nextUnit(), random.nextUnit())
    let survived = log1p(-unit) / log1p(-conditions.failureRate)
    return survived < 1e9 ? (done + Int(survived), share) : nil
  }
}
