import AttuneCore
import AttuneSchedulers
import System

/// Nanoseconds of a scheduler's decision, without predictions, measured from another module in a release build.
///
/// So many trials (10,000, or the first argument; of the schedulers that are named after it, or of all) share 1,000 slots and report 27 steps each, as far
/// as the scheduler lets them; the population of `pbt` and `pb2` is all of them. Each line is the mean of all decisions, the slowest round's mean, and what
/// a free slot is answered in. Processor time of the thread. Exit code 1 when a mean is above 2 µs, but for `prospect`, whose predictions are made in its
/// decisions. So are those of `pb2` where a trial takes over from another: these decisions are told apart.
@main
struct SchedulerSpeed {
  static let limit = 2000.0

  static func main() throws {
    let trials = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
    let names = CommandLine.arguments.dropFirst(2)
    var isSlow = false
    for name in SchedulerCatalog.names where names.isEmpty || names.contains(name) {
      let isPredicting = ["earlyterm", "pop"].contains(name)
      let scheduler = try SchedulerCatalog.make(AlgorithmChoice(name, options: isPredicting ? ["boundary": 1000] : [:]))
      for canSuspend in [true, false] {
        var decisions = Decisions(scheduler, trials: trials, canSuspend: canSuspend)
        while decisions.round() {}
        say("\(name), \(trials) trials, \(canSuspend ? "suspending" : "stopping"): \(decisions.text)")
        isSlow = isSlow || name != "prospect" && (decisions.all.mean > limit || decisions.slots.mean > limit)
      }
    }
    if isSlow { exitFailing() }
  }
}

/// Trials that report as long as they are let, in a certain number of slots.
struct Decisions {
  private static let steps = 27
  private static let slots = 1000

  private var scheduler: any Scheduler
  private var history: History
  private var held: Set<TrialID> = []
  private var running: [TrialID] = []
  private let trials: Int
  private let canSuspend: Bool
  private let isTellingExploitsApart: Bool
  private(set) var all = Cost()
  private(set) var slots = Cost()
  private(set) var exploits = Cost()
  private var slowest = 0.0

  init(_ scheduler: any Scheduler, trials: Int, canSuspend: Bool) {
    self.scheduler = scheduler
    self.trials = trials
    self.canSuspend = canSuspend
    isTellingExploitsApart = scheduler is PopulationBasedBandits
    // A space without parameters would do, if there were one.
    guard let space = try? SearchSpace([Parameter("x", .bool)]) else { exitFailing() }
    history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
  }

  var text: String {
    "\(Int(all.mean)) ns a decision (\(all.count), slowest round \(Int(slowest))), \(Int(slots.mean)) ns for a free slot (\(slots.count))"
      + (exploits.count > 0 ? ", \(Int(exploits.mean)) ns to take over (\(exploits.count))" : "")
  }

  /// Slots are filled, and who runs reports.
  /// - Returns: whether somebody runs.
  mutating func round() -> Bool {
    fillSlots()
    for id in running {
      let (step, quality) = (history[id].reports.count + 1, Double(id.rawValue &* 2_654_435_761 % 1_000_003) / 1_000_003)
      history[id].reports.append(Report(step: step, metrics: ["loss": quality + 1 / Double(step)], elapsed: Double(step)))
    }
    let moves = decide()
    for (id, move) in zip(running, moves) {
      let isDone = history[id].reports.count >= Self.steps
      switch move {
      case .suspend where !isDone:
        held.insert(id)
        _ = scheduler.moves(on: .suspended(id), in: situation)
      case .exploit: _ = scheduler.moves(on: .notAdopted(id), in: situation)
      case _ where isDone: end(id, .completed)
      case .stop: end(id, .stopped)
      default: break
      }
    }
    running.removeAll { held.contains($0) || history[$0].state.isFinal }
    return !running.isEmpty
  }

  private mutating func decide() -> [Move?] {
    let situation = situation
    var exploits = Cost()
    let start = threadNanoseconds()
    let moves = running.map { id -> Move? in
      let before = isTellingExploitsApart ? threadNanoseconds() : 0
      let move = scheduler.moves(on: .reported(id), in: situation).first
      if isTellingExploitsApart, case .exploit? = move { exploits.add(threadNanoseconds() - before - Cost.ofReading) }
      return move
    }
    let readings = 1 + (isTellingExploitsApart ? running.count : 0) + exploits.count
    let spent = threadNanoseconds() - start - Cost.ofReading * Double(readings) - exploits.nanoseconds
    all.add(spent, running.count - exploits.count)
    slowest = max(slowest, spent / Double(max(1, running.count - exploits.count)))
    self.exploits.add(exploits.nanoseconds, exploits.count)
    return moves
  }

  private mutating func end(_ id: TrialID, _ state: Trial.State) {
    history[id].state = state
    _ = scheduler.moves(on: .ended(id), in: situation)
  }

  private mutating func fillSlots() {
    while running.count < Self.slots {
      let start = threadNanoseconds()
      // Not kept beyond the question: else taking one out of `held` would copy all of them.
      let next = scheduler.next(in: situation)
      slots.add(threadNanoseconds() - start - Cost.ofReading)
      switch next {
      case .resume(let id):
        held.remove(id)
        running.append(id)
      case .fresh where history.trials.count < trials:
        let id = TrialID(history.trials.count + 1)
        history.append(Trial(id: id, configuration: Configuration(["x": true]), proposer: "test"))
        running.append(id)
      case .fresh, .nothing: return
      }
    }
  }

  private var situation: Situation {
    Situation(
      history: history, limits: Limits(trials: trials, steps: Self.steps), seconds: 1, slots: Self.slots, held: held,
      canStartFresh: history.trials.count < trials, canSuspend: canSuspend)
  }
}

/// Nanoseconds of many things.
struct Cost {
  private(set) var nanoseconds = 0.0
  private(set) var count = 0

  var mean: Double { nanoseconds / Double(max(1, count)) }

  mutating func add(_ nanoseconds: Double, _ count: Int = 1) {
    self.nanoseconds += nanoseconds
    self.count += count
  }

  /// What reading the thread's clock costs: a system call, on virtual machines about as much as a decision.
  static let ofReading: Double = {
    let (count, start) = (10_000, threadNanoseconds())
    for _ in 0..<count { _ = threadNanoseconds() }
    return (threadNanoseconds() - start) / Double(count)
  }()
}
