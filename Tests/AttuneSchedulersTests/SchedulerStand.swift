import AttuneCore
import AttuneTesting
import AttuneValues

@testable import AttuneSchedulers

/// A history that a test makes by hand, and a scheduler that is told of it.
struct SchedulerStand<Tested: Scheduler> {
  var history: History
  var scheduler: Tested
  var held: Set<TrialID> = []
  var limits = Limits()
  var seconds = 0.0
  var slots = 2
  var canStartFresh = true
  var canSuspend = true

  init(_ scheduler: Tested, _ objectives: [Objective] = [Objective(metric: "m", goal: .maximize)]) throws {
    self.scheduler = scheduler
    history = History(space: try SearchSpace([Parameter("x", .bool)]), objectives: objectives)
  }

  var situation: Situation {
    Situation(
      history: history, limits: limits, seconds: seconds, slots: slots, held: held, canStartFresh: canStartFresh, canSuspend: canSuspend)
  }

  /// A trial reports; trials come into being with their first report.
  mutating func report(_ number: Int, _ step: Int, _ metrics: [String: Double], elapsed: Double? = nil) -> [Move] {
    let id = TrialID(number)
    while history.trials.count < number {
      let next = TrialID(history.trials.count + 1)
      history.append(Trial(id: next, configuration: Configuration(["x": true]), proposer: "test"))
      history[next].attempts = [Attempt(id: AttemptID(trial: next, number: 1), slot: Slot(agent: "test", index: 0))]
    }
    while let last = history[id].reports.last, last.step >= step { history[id].reports.removeLast() }
    history[id].reports.append(Report(step: step, metrics: metrics, elapsed: elapsed ?? Double(step)))
    return scheduler.moves(on: .reported(id), in: situation)
  }

  mutating func report(_ number: Int, _ step: Int, _ value: Double) -> [Move] { report(number, step, ["m": value]) }

  /// It has given up its slot.
  mutating func suspend(_ number: Int) -> [Move] {
    held.insert(TrialID(number))
    return scheduler.moves(on: .suspended(TrialID(number)), in: situation)
  }

  mutating func end(_ number: Int, _ state: Trial.State = .completed) -> [Move] {
    history[TrialID(number)].state = state
    held.remove(TrialID(number))
    return scheduler.moves(on: .ended(TrialID(number)), in: situation)
  }

  /// What a free slot is for; a trial that is resumed is no longer held.
  mutating func next() -> Next {
    let next = scheduler.next(in: situation)
    if case .resume(let id) = next { held.remove(id) }
    return next
  }

  /// For each report of curves that come one after another, whether its trial was stopped.
  static func stops(by scheduler: inout Tested, _ curves: [[Double]], _ goal: Objective.Goal) throws -> [Bool] {
    var stand = try SchedulerStand(scheduler, [Objective(metric: "m", goal: goal)])
    stand.canSuspend = false
    var stops: [Bool] = []
    for (index, curve) in curves.enumerated() {
      for (step, value) in curve.enumerated() { stops.append(stand.report(index + 1, step + 1, value) == [.stop(TrialID(index + 1))]) }
    }
    scheduler = stand.scheduler
    return stops
  }
}
