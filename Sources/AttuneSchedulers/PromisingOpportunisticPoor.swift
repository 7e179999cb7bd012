import AttuneCore

/// POP: predicts when each trial will reach the target, and divides the slots between promising and opportunistic trials.
///
/// At every `boundary` of a trial: (1) it is stopped if its best value has not passed `kill_threshold`; (2) its curve is predicted beside its
/// training, which gives the probability p that it reaches the target in the time there is, and the expected time until it does; (3) it is
/// stopped if p < `stop_probability`; (4) a threshold is set among the p of all trials that are not over, see `SlotDivision`; (5) with p at the
/// threshold or above it is promising and keeps its slot, otherwise it is opportunistic and suspended when somebody waits. A free slot goes to a
/// promising trial that waits, the highest p first, then to a new trial, then round robin. A running trial is never suspended because
/// another has become promising. A trial whose curve cannot be predicted goes on; one whose newest value is not finite is stopped.
/// Time is `limits.time`; without it only `limits.steps` ends what is predicted, and without that the highest step of any trial or twice the
/// trial's own. Without a target, the best value so far is to be reached. Where trials cannot be suspended, opportunistic ones go on.
/// With `barrier` every trial makes room at every boundary, and the one with the fewest steps goes on first.
/// When not to use it: when early curves say nothing of late ones; without a target that can be reached, it stops everything.
/// Source: Rasley et al., "HyperDrive: exploring hyperparameters with POP scheduling" (Middleware 2017), §3 and §5.3.
public struct PromisingOpportunisticPoor: SchedulerInsight {
  /// What predicts the curves.
  public let predictor: (any CurvePredictor)?
  private static let stepLimit = 200
  private let options: PopOptions
  private var target: PopTarget
  private var curves: CurveBook
  private var standings = PopStandings()

  /// - Parameter predictor: what predicts the curves.
  public init(predictor: any CurvePredictor, _ options: PopOptions = PopOptions()) {
    precondition(options.boundary >= 1 && options.slotsPerTrial > 0, "boundary is at least 1 and slots per trial are more than 0")
    self.predictor = predictor
    self.options = options
    let scale = MeritScale(options.range)
    target = PopTarget(options, scale)
    curves = CurveBook(scale)
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(predictor: try options.predictor(), try PopOptions(options: &options))
  }

  /// - Complexity: O(1) between boundaries, O(trials) up to a limit where a prediction is asked for.
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id): return reported(id, situation)
    case .predicted(let id, at: let step, let prediction?): return predicted(id, step, prediction, situation)
    case .suspended(let id):
      curves.pause(id)
      standings.wait(id, round: options.isBarrier ? curves[id].course.step / options.boundary : 0)
    case .ended(let id):
      curves.end(id, situation)
      standings.end(id)
      divide(situation)
    case .predicted(_, at: _, nil), .stayed, .adopted, .notAdopted: break
    }
    return []
  }

  /// Promising trials first, then a new one, then round robin.
  public mutating func next(in situation: Situation) -> Next {
    let promising = options.isBarrier ? nil : standings.nextPromising(situation.held)
    if promising == nil, situation.canStartFresh { return .fresh }
    guard let id = promising ?? standings.nextInTurn(situation.held) else { return .nothing }
    standings.goOn(id)
    return .resume(id)
  }

  /// What it thinks of a trial; what it has given up is poor, of what ended otherwise it thinks nothing.
  public func outlook(of id: TrialID) -> TrialOutlook? {
    let entry = standings[id]
    guard entry.isKnown, entry.isPoor || !entry.isOver else { return nil }
    let standing: TrialOutlook.Standing = entry.isPoor ? .poor : standings.isPromising(id) ? .promising : .opportunistic
    return TrialOutlook(standing, probability: entry.remaining?.probability, seconds: entry.isTimed ? entry.remaining?.seconds : nil)
  }

  private mutating func reported(_ id: TrialID, _ situation: Situation) -> [Move] {
    standings.meet(id)
    guard let isBoundary = curves.take(id, situation, boundary: options.boundary) else { return [] }
    var moves: [Move] = []
    if target.raise(situation.history.objective, best: curves.best) {
      for other in standings.ranked where other != id { moves += predict(other, situation) }
    }
    guard isBoundary else { return moves }
    let best = curves[id].course.best
    let killThreshold = options.killThreshold.map { MeritScale(options.range).merit($0, situation.history.objective) }
    if killThreshold.map({ best <= $0 }) ?? false || curves[id].curve.values.last?.isFinite == false { return moves + [giveUp(id)] }
    moves += predict(id, situation)
    if options.isBarrier, situation.canSuspend, situation.someoneWaits { moves.append(.suspend(id)) }
    return moves
  }

  private mutating func predict(_ id: TrialID, _ situation: Situation) -> [Move] {
    let curve = curves[id].curve
    guard let step = curve.steps.last, curves.best.isFinite else { return [] }
    var horizon = situation.limits.steps ?? max(curves.longest, 2 * step)
    if let pace = curves[id].pace.secondsPerStep, let budget = budget(situation) {
      horizon = min(horizon, step + Int(min(budget / pace, 1e15)))
    }
    let steps = curve.stepsAhead(through: horizon, limit: Self.stepLimit)
    guard let request = curves.request(id, at: steps, target: target.value(situation.history.objective, best: curves.best)) else {
      return []
    }
    standings.ask(id, steps.map { $0 - step })
    return [.predict(request)]
  }

  private mutating func predicted(_ id: TrialID, _ step: Int, _ prediction: CurvePrediction, _ situation: Situation) -> [Move] {
    guard !standings[id].isOver else { return [] }
    let pace = curves[id].pace.secondsPerStep
    let remaining = RemainingTime(
      chances: prediction.probability, steps: standings[id].asked, pace: pace ?? 0, budget: budget(situation) ?? .infinity)
    if remaining.probability < options.stopProbability { return [giveUp(id)] }
    standings.set(id, remaining, isTimed: pace != nil)
    divide(situation)
    guard !options.isBarrier, !standings.isPromising(id), !standings.isWaiting(id) else { return [] }
    return situation.canSuspend && situation.someoneWaits ? [.suspend(id)] : []
  }

  private mutating func giveUp(_ id: TrialID) -> Move {
    standings.giveUp(id)
    return .stop(id)
  }

  private mutating func divide(_ situation: Situation) { standings.divide(slots: situation.slots, share: options.slotsPerTrial) }

  /// Seconds that are left; `nil` when time is not limited.
  private func budget(_ situation: Situation) -> Double? { situation.limits.time.map { max(0, $0 - situation.seconds) } }
}
