import AttuneCore
import AttuneMath

/// Trials with invented curves on a few slots: the world in which a scheduler shows what it does, without processes and without time.
///
/// Trials crash and begin again, refuse to be suspended, miss a metric or report nan, and predictions come late or never, as its random
/// stream has it. The same seed gives the same rehearsal as long as the scheduler makes the same moves.
public struct SchedulerRehearsal: Sendable {
  /// What the scheduler was told, and what it wanted.
  public struct Scene: Hashable, Sendable {
    /// What happened.
    public let occasion: Occasion
    /// What the scheduler wanted done about it.
    public let moves: [Move]
  }

  /// In what a world differs from another one.
  public struct Terms: Hashable, Sendable {
    /// Of its random numbers.
    public var seed: UInt64 = 1
    /// Trials that run at a time.
    public var slots = 3
    /// Configurations that can be had.
    public var trials = 30
    /// Steps of a trial.
    public var steps = 30
    /// How many steps lie between two reports.
    public var stride = 1
    /// Whether trials can be suspended.
    public var canSuspend = true
    /// Whether crashes, refusals, nan and late predictions happen.
    public var isRough = true
    /// What the trials are after; the metrics are called `loss` and `cost`.
    public var objectives = [Objective(metric: "loss", goal: .minimize)]
    /// Seconds the experiment may be active; a step takes about one.
    public var time: Double?

    /// A rough world of thirty trials on three slots.
    public init() {}
  }

  /// Everything so far, in order.
  public private(set) var scenes: [Scene] = []
  /// The trials so far.
  public private(set) var history: History
  /// Trials that were suspended.
  public private(set) var held: Set<TrialID> = []
  private let terms: Terms
  private let limits: Limits
  private var running: [TrialID] = []
  private var asked: Set<TrialID> = []
  private var requests: [CurveRequest] = []
  private var exploits: [(trial: TrialID, donor: TrialID, configuration: Configuration)] = []
  private var random: RandomStream
  private var seconds = 0.0

  /// A world in which nothing has happened.
  /// - Throws: never but for a space that cannot be made, which this one can.
  public init(_ terms: Terms) throws {
    self.terms = terms
    limits = Limits(trials: terms.trials, steps: terms.steps, time: terms.time)
    history = History(space: try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))]), objectives: terms.objectives)
    random = RandomStream(seed: terms.seed, purpose: "rehearsal", index: 0)
  }

  /// Plays until nothing runs and the scheduler wants nothing more.
  /// - Throws: `ContractViolation` when the scheduler moves what it must not, depends on more than its value, or comes to no end.
  public mutating func play(_ scheduler: inout some Scheduler) throws {
    var count = 0
    repeat {
      count += 1
      try ContractViolation.require(count < 1000 * terms.trials * terms.steps, "the scheduler comes to no end")
      try fillSlots(&scheduler)
    } while try happen(&scheduler)
  }

  private var situation: Situation {
    Situation(
      history: history, limits: limits, seconds: seconds, slots: terms.slots, held: held,
      canStartFresh: history.trials.count < terms.trials, canSuspend: terms.canSuspend, seed: terms.seed)
  }

  private mutating func fillSlots(_ scheduler: inout some Scheduler) throws {
    while running.count < terms.slots {
      var twin = scheduler
      let next = scheduler.next(in: situation)
      try ContractViolation.require(twin.next(in: situation) == next, "a copy of the scheduler wants \(next) no more: it is not a value")
      switch next {
      case .nothing: return
      case .fresh:
        guard situation.canStartFresh else { return }
        let id = TrialID(history.trials.count + 1)
        history.append(Trial(id: id, configuration: Configuration(["x": .float(random.nextUnit())]), proposer: "test"))
        begin(id)
      case .resume(let id):
        try ContractViolation.require(held.contains(id), "trial \(id) is to be resumed and is not suspended")
        held.remove(id)
        begin(id)
      }
    }
  }

  private mutating func begin(_ id: TrialID) {
    let attempt = AttemptID(trial: id, number: history[id].attempts.count + 1)
    history[id].attempts.append(Attempt(id: attempt, slot: Slot(agent: "test", index: 0)))
    history[id].state = .running
    running.append(id)
  }

  /// One thing happens; `false` when nothing can.
  private mutating func happen(_ scheduler: inout some Scheduler) throws -> Bool {
    if !requests.isEmpty, running.isEmpty || !terms.isRough || chance(0.3) {
      try answer(requests.removeFirst(), &scheduler)
      return true
    }
    if !exploits.isEmpty, running.isEmpty || !terms.isRough || chance(0.5) { return try adopt(exploits.removeFirst(), &scheduler) }
    guard let id = running.randomElement(using: &random) else { return false }
    seconds += random.nextUnit() / Double(terms.slots)
    let step = history[id].step
    if asked.contains(id), !terms.isRough || chance(0.6) {
      asked.remove(id)
      if terms.isRough, chance(0.2) { return try tell(.stayed(id), &scheduler) }
      running.removeAll { $0 == id }
      held.insert(id)
      history[id].state = .suspended
      return try tell(.suspended(id), &scheduler)
    }
    if terms.isRough, chance(0.02) { return try crash(id, &scheduler) }
    if step >= terms.steps { return try end(id, .completed, &scheduler) }
    report(id, at: min(step + terms.stride, terms.steps))
    return try tell(.reported(id), &scheduler)
  }

  /// In place, or by a restart that gives up the slot; one in five comes to nothing where it is rough.
  private mutating func adopt(
    _ exploit: (trial: TrialID, donor: TrialID, configuration: Configuration), _ scheduler: inout some Scheduler
  ) throws -> Bool {
    let (id, donor) = (exploit.trial, history[exploit.donor])
    guard !history[id].state.isFinal, donor.state != .failed, !donor.reports.isEmpty, !terms.isRough || chance(0.8) else {
      return history[id].state.isFinal ? true : try tell(.notAdopted(id), &scheduler)
    }
    let isLive = running.contains(id) && chance(0.5)
    let adoption = Adoption(
      number: scenes.count, donor: donor.id, step: donor.step, left: history[id].step, configuration: exploit.configuration,
      way: isLive ? .live : .restart)
    history[id].adopt(adoption, past: donor.past + [donor.present], age: donor.adoptions.count)
    if !isLive, running.contains(id) {
      running.removeAll { $0 == id }
      asked.remove(id)
      held.insert(id)
      history[id].state = .suspended
    }
    return try tell(.adopted(id), &scheduler)
  }

  /// Half of those that crash begin again, some of them without a checkpoint.
  private mutating func crash(_ id: TrialID, _ scheduler: inout some Scheduler) throws -> Bool {
    asked.remove(id)
    guard chance(0.5) else { return try end(id, .failed, &scheduler) }
    if chance(0.5) { history[id].reports = [] }
    running.removeAll { $0 == id }
    begin(id)
    return true
  }

  private mutating func end(_ id: TrialID, _ state: Trial.State, _ scheduler: inout some Scheduler) throws -> Bool {
    running.removeAll { $0 == id }
    held.remove(id)
    asked.remove(id)
    requests.removeAll { $0.trial == id }
    exploits.removeAll { $0.trial == id }
    history[id].state = state
    return try tell(.ended(id), &scheduler)
  }

  private mutating func report(_ id: TrialID, at step: Int) {
    let quality = history[id].startConfiguration["x"]?.number ?? 0
    let progress = 1 / (1 + 0.2 * Double(step))
    var metrics = ["loss": 0.05 * random.nextUnit() + quality + progress, "cost": 0.05 * random.nextUnit() + (1 - quality) * progress]
    if terms.isRough, chance(0.03) { metrics["loss"] = chance(0.5) ? .nan : .infinity }
    if terms.isRough, chance(0.03) { metrics["loss"] = nil }
    let report = Report(step: step, metrics: metrics, elapsed: 0.9 * Double(step) + 0.2 * random.nextUnit())
    history[id].reports.removeAll { $0.step >= step }
    history[id].reports.append(report)
    history[id].settleAdoption(by: report, donor: nil)
  }

  private mutating func answer(_ request: CurveRequest, _ scheduler: inout some Scheduler) throws {
    guard let step = request.curve.steps.last else { return }
    var prediction: CurvePrediction?
    if !terms.isRough || chance(0.8) {
      let chances = request.steps.map { _ in 0.5 * random.nextUnit() }.sorted()
      prediction = CurvePrediction(
        mean: request.steps.map { _ in random.nextUnit() }, deviation: request.steps.map { _ in 0.1 },
        probability: request.target == nil ? [] : chances)
    }
    _ = try tell(.predicted(request.trial, at: step, prediction), &scheduler)
  }

  private mutating func tell(_ occasion: Occasion, _ scheduler: inout some Scheduler) throws -> Bool {
    var twin = scheduler
    let moves = scheduler.moves(on: occasion, in: situation)
    try ContractViolation.require(twin.moves(on: occasion, in: situation) == moves, "a copy of the scheduler moves differently: no value")
    scenes.append(Scene(occasion: occasion, moves: moves))
    for move in moves { try obey(move, &scheduler) }
    return true
  }

  private mutating func obey(_ move: Move, _ scheduler: inout some Scheduler) throws {
    switch move {
    case .stop(let id):
      try ContractViolation.require(history.trial(id)?.state.isFinal == false, "trial \(id) is to be stopped and is over")
      _ = try end(id, .stopped, &scheduler)
    case .suspend(let id):
      try ContractViolation.require(history.trial(id)?.state.isFinal == false, "trial \(id) is to be suspended and is over")
      if terms.canSuspend, running.contains(id) { asked.insert(id) }
    case .exploit(let id, let donor, let configuration):
      try ContractViolation.require(history.trial(id)?.state.isFinal == false, "trial \(id) is to adopt something and is over")
      try ContractViolation.require(id != donor && history.trial(donor) != nil, "trial \(id) is to adopt what \(donor) has come to")
      do { _ = try history.space.validate(configuration) } catch {
        throw ContractViolation("trial \(id) is to adopt what is not allowed: \(error)")
      }
      exploits.removeAll { $0.trial == id }
      exploits.append((id, donor, configuration))
    case .predict(let request):
      try ContractViolation.require(history.trial(request.trial)?.state.isFinal == false, "the curve of \(request.trial) is over")
      let isSound =
        zip(request.steps, request.steps.dropFirst()).allSatisfy(<) && (request.steps.first ?? 0) > (request.curve.steps.last ?? 0)
      try ContractViolation.require(isSound, "the steps to predict are not ascending behind \(request.curve.steps.last ?? 0)")
      requests.removeAll { $0.trial == request.trial }
      requests.append(request)
    }
  }

  private mutating func chance(_ probability: Double) -> Bool { random.nextUnit() < probability }
}

extension Trial {
  /// The steps that its present state has done.
  fileprivate var step: Int { hasFreshAdoption ? adoptions.last?.step ?? 0 : reports.last?.step ?? 0 }
}
