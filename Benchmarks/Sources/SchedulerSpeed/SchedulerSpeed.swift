import AttuneCore
import AttuneSchedulers
import System

/// Nanoseconds of a scheduler's decision, without predictions, measured from another module in a release build.
///
/// So many trials (10,000, or the first argument) report 27 steps, all the first step, then all the second; each line is the mean of all decisions, the
/// slowest step's mean, and what a free slot is answered in. Processor time of the thread. Exit code 1 when a mean is above 2 µs, but for `prospect`, whose
/// predictions are made in its decisions.
@main
struct SchedulerSpeed {
  static let steps = 27
  static let limit = 2000.0

  static func main() throws {
    let trials = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000
    var isSlow = false
    for name in SchedulerCatalog.names {
      let isPredicting = ["earlyterm", "pop"].contains(name)
      let scheduler = try SchedulerCatalog.make(AlgorithmChoice(name, options: isPredicting ? ["boundary": 1000] : [:]))
      for canSuspend in [true, false] {
        var decisions = Decisions(scheduler, trials: trials, canSuspend: canSuspend)
        for step in 1...steps { decisions.report(step) }
        say("\(name), \(trials) trials, \(canSuspend ? "suspending" : "stopping"): \(decisions.text)")
        isSlow = isSlow || name != "prospect" && (decisions.mean > limit || decisions.meanOfNext > limit)
      }
    }
    if isSlow { exitFailing() }
  }
}

/// Trials that go on whatever is decided about them, but for those that are suspended and wait.
struct Decisions {
  private var scheduler: any Scheduler
  private var history: History
  private var held: Set<TrialID> = []
  private let canSuspend: Bool
  private var nanoseconds = 0.0
  private var count = 0
  private var slowest = 0.0
  private var nanosecondsOfNext = 0.0
  private var countOfNext = 0

  init(_ scheduler: any Scheduler, trials: Int, canSuspend: Bool) {
    self.scheduler = scheduler
    self.canSuspend = canSuspend
    history = Self.history(of: trials)
  }

  var mean: Double { nanoseconds / Double(max(1, count)) }
  var meanOfNext: Double { nanosecondsOfNext / Double(max(1, countOfNext)) }

  var text: String { "\(Int(mean)) ns a decision (slowest step \(Int(slowest))), \(Int(meanOfNext)) ns for a free slot" }

  mutating func report(_ step: Int) {
    let running = history.trials.map(\.id).filter { !held.contains($0) }
    for id in running {
      let quality = Double(id.rawValue &* 2_654_435_761 % 1_000_003) / 1_000_003
      history[id].reports.append(Report(step: step, metrics: ["loss": quality + 1 / Double(step)], elapsed: Double(step)))
    }
    var suspended: [TrialID] = []
    let situation = situation
    let start = threadNanoseconds()
    for id in running {
      if case .suspend? = scheduler.moves(on: .reported(id), in: situation).first { suspended.append(id) }
    }
    let spent = threadNanoseconds() - start
    nanoseconds += spent
    count += running.count
    slowest = max(slowest, spent / Double(max(1, running.count)))
    for id in suspended { _ = scheduler.moves(on: .suspended(id), in: situation) }
    held.formUnion(suspended)
    fillSlots(suspended.count)
  }

  /// Each slot that was given up asks what it is for, until a new trial would be started.
  private mutating func fillSlots(_ slots: Int) {
    for _ in 0..<slots {
      let situation = situation
      let start = threadNanoseconds()
      let next = scheduler.next(in: situation)
      nanosecondsOfNext += threadNanoseconds() - start
      countOfNext += 1
      guard case .resume(let id) = next else { return }
      held.remove(id)
    }
  }

  private var situation: Situation {
    Situation(history: history, limits: Limits(steps: 81), seconds: 1, slots: 100, held: held, canSuspend: canSuspend)
  }

  private static func history(of trials: Int) -> History {
    // A space without parameters would do, if there were one.
    guard let space = try? SearchSpace([Parameter("x", .bool)]) else { exitFailing() }
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    for number in 1...trials {
      history.append(Trial(id: TrialID(number), configuration: Configuration(["x": true]), proposer: "test"))
    }
    return history
  }
}
