import AttuneCore
import AttuneEngine
import AttuneValues

/// An experiment under a virtual clock: the machine that runs real ones, with a trace in place of programs.
///
/// The same workload, order, scheduler, conditions and seed give the same run, event by event.
/// When not to use it: to compare proposers. Configurations come in the order that is given, whatever has been seen.
public struct SimulatedExperiment {
  /// What is due later.
  private enum Due {
    case process(slot: Int32, ticket: Int, SimulatedProcesses.Step)
    case prediction(TrialID, at: Int, CurvePrediction?)
    case alarm
  }

  private let workload: Workload
  private let conditions: Conditions
  private let configurations: [Configuration]
  private var machine: ExperimentMachine
  private var processes: SimulatedProcesses
  private var predictor: (any CurvePredictor)?
  private var queue = EventQueue<Due>()
  /// What happens now, before anything that is due later.
  private var happening: [Event.Kind] = []
  private var clock = 0.0
  /// When the predictor has done all it was asked for.
  private var predictorFreeAt = 0.0
  private var run: SimulatedRun
  /// Whether the scheduler says what it thinks of trials.
  private let hasInsight: Bool

  /// An experiment before it has begun.
  /// - Parameters:
  ///   - order: the configurations to try, as indices into the workload; see `ConfigurationOrder`.
  ///   - choice: how the scheduler is called.
  ///   - scheduler: in its initial state.
  ///   - repetition: which repeat, from 0: each has its own failures.
  /// - Throws: `SimulationError` when the conditions make no sense.
  public init(
    _ workload: Workload, order: [Int], scheduler: any Scheduler, called choice: AlgorithmChoice, conditions: Conditions,
    repetition: Int = 0, seed: UInt64 = 0
  ) throws(SimulationError) {
    try conditions.check()
    guard !order.isEmpty else { throw .refused(what: "configurations", value: "0", allowed: "1 or more") }
    precondition(order.allSatisfy { $0 >= 0 && $0 < workload.count }, "an order has indices into its workload, 0..<\(workload.count)")
    self.workload = workload
    self.conditions = conditions
    configurations = (0..<workload.count).map { Configuration([Self.parameter: .int($0)]) }
    let definition = try Self.definition(workload, trials: order.count, choice, conditions, seed: seed)
    machine = ExperimentMachine(definition, scheduler: scheduler)
    processes = SimulatedProcesses(
      workload, order: order, conditions: conditions, seed: seed &+ UInt64(repetition) &* 0x9E37_79B9_7F4A_7C15)
    predictor = scheduler.predictor
    hasInsight = scheduler is any SchedulerInsight
    run = SimulatedRun(scheduler: choice.words, repetition: repetition)
    run.trials.reserveCapacity(order.count)
  }

  /// Runs it from beginning to end.
  public consuming func finished() -> SimulatedRun {
    take(.opened)
    for slot in 0..<conditions.slots { take(.slotOffered(Slot(agent: Self.agent, index: slot))) }
    while machine.outcome == nil, let due = queue.take() {
      clock = due.time
      happen(due.element)
    }
    run.outcome = machine.outcome
    run.seconds = clock
    run.trials.removeSubrange(machine.history.trials.count...)
    for index in run.trials.indices { run.trials[index].state = machine.history.trials[index].state }
    return run
  }
}

extension SimulatedExperiment {
  private static let parameter = "configuration"
  private static let agent = "simulated"

  private static func definition(
    _ workload: Workload, trials: Int, _ scheduler: AlgorithmChoice, _ conditions: Conditions, seed: UInt64
  ) throws(SimulationError) -> ExperimentDefinition {
    let aim = workload.objective
    let objective = conditions.goesOn ? Objective(metric: aim.metric, goal: aim.goal, summary: aim.summary) : aim
    let limits = Limits(
      trials: trials, steps: conditions.steps ?? workload.steps, time: conditions.timeLimit, retries: conditions.retries)
    guard let space = try? SearchSpace([Parameter(parameter, .int(lower: 0, upper: max(1, workload.count - 1)))]) else {
      throw .noTrials(steps: conditions.steps)
    }
    return ExperimentDefinition(
      name: "simulated", job: Job(command: ["trace"], directory: "/"), objective: objective, space: space,
      proposer: AlgorithmChoice("trace"), scheduler: scheduler, resources: Resources(localSlots: conditions.slots), limits: limits,
      seed: seed, suspend: conditions.canSuspend ? .checkpoint : .none)
  }

  private mutating func happen(_ due: Due) {
    switch due {
    case .alarm: take(.tick)
    case .prediction(let trial, let step, let prediction): take(.predicted(trial, at: step, prediction))
    case .process(let slot, let ticket, let step):
      let slot = Int(slot)
      guard let process = processes.running[slot], process.ticket == ticket else { return }
      switch step {
      case .report: report(slot)
      case .failure:
        run.trials[process.attempt.trial.rawValue - 1].failures += 1
        end(slot, .exited(status: 1))
      case .yielded: end(slot, .exited(status: 75))
      }
      settle()
    }
  }

  /// A step is done, and the process goes on if nobody minds.
  private mutating func report(_ slot: Int) {
    guard let before = processes.running[slot], let report = processes.finishStep(in: slot, at: clock) else { return }
    run.machineTime.steps += clock - before.mark
    run.trials[before.attempt.trial.rawValue - 1].reports += 1
    note(processes.value(after: before))
    take(.reported(before.attempt, report))
    guard let process = processes.running[slot], process.attempt == before.attempt, !process.isSuspending else { return }
    if process.isYielding { suspend(slot) } else { goOn(slot) }
  }

  /// Plans what a process does next.
  private mutating func goOn(_ slot: Int) {
    guard let process = processes.running[slot] else { return }
    guard let next = processes.next(of: process) else { return end(slot, .exited(status: 0)) }
    queue.put(.process(slot: Int32(slot), ticket: process.ticket, next.step), at: next.time)
  }

  private mutating func suspend(_ slot: Int) {
    guard let process = processes.running[slot] else { return }
    charge(process)
    let ticket = processes.suspend(slot: slot, at: clock)
    queue.put(.process(slot: Int32(slot), ticket: ticket, .yielded), at: clock + conditions.suspendCost)
  }

  private mutating func end(_ slot: Int, _ cause: Ending.Cause) {
    guard let process = processes.running[slot] else { return }
    charge(process)
    let trial = process.attempt.trial.rawValue - 1
    run.trials[trial].seconds += clock - process.began
    if cause == .exited(status: 75) { run.trials[trial].suspensions += 1 }
    processes.end(slot: slot)
    let ending = Ending(cause: cause, seconds: clock - process.began, hasCheckpoint: process.isSuspending)
    happening.append(.attemptEnded(process.attempt, ending))
  }

  /// Accounts for what a process has been doing since its last report.
  private mutating func charge(_ process: SimulatedProcesses.Process) {
    let idle = clock - process.mark
    if process.isSuspending { return run.machineTime.suspending += idle }
    run.machineTime.lost += max(0, idle)
    run.machineTime.resuming += min(clock, process.trainsFrom) - process.began
  }

  private mutating func note(_ value: Double) {
    guard value.isFinite else { return }
    if run.best.map({ workload.objective.isBetter(value, than: $0) }) ?? true {
      run.improvements.append(.init(seconds: clock, value: value))
    }
    if run.timeToTarget == nil, workload.objective.reachesTarget(value) { run.timeToTarget = clock }
  }
}

extension SimulatedExperiment {
  /// Tells the machine, and does what it wants, until nothing more comes of it at this moment.
  private mutating func take(_ kind: Event.Kind) {
    happening.append(kind)
    settle()
  }

  private mutating func settle() {
    var next = 0
    while next < happening.count {
      let event = Event(time: Timestamp(seconds: clock), happening[next])
      next += 1
      run.events += 1
      for action in machine.handle(event) { perform(action) }
      machine.forgetTouched()
    }
    happening.removeAll(keepingCapacity: true)
    if hasInsight { noteAllocation() }
  }

  private mutating func noteAllocation() {
    var (promising, all) = (0, 0)
    for case let process? in processes.running {
      all += 1
      if machine.outlook(of: process.attempt.trial)?.standing == .promising { promising += 1 }
    }
    let last = run.allocation.last
    guard last?.promising != promising || last?.others != all - promising else { return }
    if last?.seconds == clock { run.allocation.removeLast() }
    run.allocation.append(.init(seconds: clock, promising: promising, others: all - promising))
  }

  private mutating func perform(_ action: Action) {
    switch action {
    case .propose(let id):
      if run.trials.count < id.rawValue { run.trials.append(.init(configuration: processes.order[id.rawValue - 1])) }
      happening.append(.proposed(configuration: configurations[processes.order[id.rawValue - 1]], by: "trace"))
    case .start(let attempt, let slot):
      processes.start(attempt, in: slot, at: clock)
      happening.append(.attemptStarted(attempt))
      goOn(slot.index)
    case .stop(let attempt):
      if let slot = processes.slot(of: attempt) { end(slot, .signalled(signal: 15)) }
    case .change(let attempt, let request):
      // Asked for a checkpoint, it has none.
      guard request.wish == .fire(trigger: "attune.suspend") else {
        return happening.append(.refused(attempt, number: request.number, message: "a trace cannot be changed"))
      }
      if let slot = processes.slot(of: attempt), processes.ask(slot: slot, at: clock) { suspend(slot) }
    case .suspend(let attempt): happening.append(.suspendFailed(attempt, message: "what a trace plays suspends itself"))
    case .predict(let request): predict(request)
    case .wake(let time): queue.put(.alarm, at: time.seconds)
    case .copyCheckpoint(_, let heir, let role):
      var adoption: Int?
      if case .adopted(let number) = role { adoption = number }
      happening.append(.checkpointCopied(twin: heir, problem: "a trace has no checkpoints", adoption: adoption))
    case .resume, .finish: break
    }
  }

  /// Predictors answer at once, and the answer counts when they would have been done.
  private mutating func predict(_ request: CurveRequest) {
    run.predictions += 1
    predictorFreeAt = max(predictorFreeAt, clock) + conditions.predictionCost
    let prediction = predictor?.predict(request)?.journaled
    queue.put(.prediction(request.trial, at: request.curve.steps.last ?? 0, prediction), at: predictorFreeAt)
  }
}

extension AlgorithmChoice {
  /// As a person writes it in a list: `asha:min_steps=2`.
  var words: String { ([name] + options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: ":") }
}
