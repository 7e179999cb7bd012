import AttuneCore

/// ASHA: of the trials that come to a step, the best part goes on at once, the others wait until they belong to it.
///
/// Steps of comparison are `min_steps · reduction^k`; of those that came to one of them the best `1 / reduction` may go on. A trial that does
/// not belong to them is suspended, and its slot goes to the best that may go on from the highest such step, else to a new trial. Nobody
/// waits for anybody, so no slot is idle. When nothing new can be had, a slot that would be idle takes the best trial of a step from which
/// nobody has gone on, so that at least one trial comes to its end. Where trials cannot be suspended, one that does not belong to
/// the best part of those that came before it is stopped, and the first always goes on.
/// A value that is not finite is the worst. Of several objectives it looks at the first alone; see `dominance`.
/// When not to use it: when curves cross late; see `fifo`.
/// Source: Li et al., "A system for massively parallel hyperparameter tuning" (MLSys 2020), algorithm 2.
public struct SuccessiveHalving: Scheduler {
  private let reduction: Int
  private var brackets: [Bracket]
  private var climbers = TrialTable(blank: Climber())

  /// - Parameters:
  ///   - reduction: one in so many goes on, at least 2.
  ///   - minSteps: the first step of comparison, at least 1.
  ///   - grace: steps that every trial may do in any case: steps of comparison below it are left out.
  ///   - brackets: ladders among which new trials are divided; each begins one step of comparison after the one before.
  public init(reduction: Int = 3, minSteps: Int = 1, grace: Int = 0, brackets: Int = 1) {
    precondition(
      reduction >= 2 && minSteps >= 1 && grace >= 0 && brackets >= 1,
      "reduction is at least 2, minSteps and brackets are at least 1, grace at least 0; got \(reduction), \(minSteps), \(brackets), \(grace)"
    )
    self.reduction = reduction
    var first = minSteps
    while first < grace { first *= reduction }
    self.brackets = (0..<brackets).map { _ in
      defer { first *= reduction }
      return Bracket(ladder: Ladder(first: first, reduction: reduction))
    }
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      reduction: try options.int("reduction", default: 3, in: 2...1000),
      minSteps: try options.int("min_steps", default: 1, in: 1...1_000_000),
      grace: try options.int("grace", default: 0, in: 0...1_000_000), brackets: try options.int("brackets", default: 1, in: 1...4))
  }

  /// - Complexity: O(log trials) for most, O(trials / 1024) at a step of comparison.
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id): return reported(id, situation)
    case .suspended(let id): onItsRung(id) { $0.wait($1) }
    case .stayed(let id): onItsRung(id) { $0.leave($1) }
    case .ended(let id): onItsRung(id) { $0.give(up: $1) }
    case .predicted, .adopted, .notAdopted: break
    }
    return []
  }

  /// The best that may go on from the highest step, else a new trial.
  public mutating func next(in situation: Situation) -> Next {
    if let id = climb(situation.held, whereNobodyLeft: false) { return .resume(id) }
    if situation.canStartFresh { return .fresh }
    return climb(situation.held, whereNobodyLeft: true).map { .resume($0) } ?? .nothing
  }

  private mutating func reported(_ id: TrialID, _ situation: Situation) -> [Move] {
    guard let report = situation.newestReport(of: id), let value = report.metrics[situation.history.objective.metric] else { return [] }
    if climbers[id].bracket < 0 { climbers[id].bracket = emptiestBracket() }
    climbers[id].best = situation.history.objective.merit(value, after: climbers[id].best)
    let bracket = climbers[id].bracket
    guard let rung = brackets[bracket].ladder.rung(at: report.step), rung > climbers[id].rung else { return [] }
    // Whoever comes here has gone on from below, asked to wait there or not.
    onItsRung(id) { $0.leave($1) }
    climbers[id].rung = rung
    climbers[id].standing = Standing(merit: climbers[id].best, trial: id)
    let standing = climbers[id].standing
    let count = brackets[bracket].reach(rung, standing)
    let best = situation.canSuspend ? count / reduction : max(1, count / reduction)
    if situation.limits.steps.map({ report.step >= $0 }) ?? false || brackets[bracket].rungs[rung].isAmong(best: best, standing) {
      onItsRung(id) { $0.leave($1) }
      return []
    }
    return situation.canSuspend ? [.suspend(id)] : [.stop(id)]
  }

  /// The best that may go on from the highest step; or, whether it may or not, the best where nobody has gone on.
  private mutating func climb(_ held: Set<TrialID>, whereNobodyLeft isLastChance: Bool) -> TrialID? {
    guard !held.isEmpty else { return nil }
    let top = brackets.reduce(0) { max($0, $1.rungs.count) }
    for rung in (0..<top).reversed() {
      for bracket in brackets.indices where rung < brackets[bracket].rungs.count {
        let count = brackets[bracket].rungs[rung].reached.count / reduction
        let best = isLastChance ? (brackets[bracket].rungs[rung].isLeft ? 0 : .max) : count
        guard let standing = brackets[bracket].rungs[rung].next(amongBest: best, held: held) else { continue }
        brackets[bracket].rungs[rung].leave(standing)
        return standing.trial
      }
    }
    return nil
  }

  private mutating func onItsRung(_ id: TrialID, _ change: (inout Rung, Standing) -> Void) {
    let climber = climbers[id]
    guard climber.rung >= 0 else { return }
    change(&brackets[climber.bracket].rungs[climber.rung], climber.standing)
  }

  /// Brackets get trials in proportion to what their first step saves, so that all cost about the same there.
  private mutating func emptiestBracket() -> Int {
    var emptiest = 0
    for bracket in brackets.indices where brackets[bracket].load < brackets[emptiest].load { emptiest = bracket }
    brackets[emptiest].load += brackets[emptiest].ladder.steps[0]
    return emptiest
  }
}

/// A trial on its way up.
private struct Climber: Sendable {
  var bracket = -1
  /// The highest it has reached; below 0 for none.
  var rung = -1
  var best = -Double.infinity
  /// As it was when it came to its rung.
  var standing = Standing(merit: -.infinity, trial: TrialID(0))
}

/// A ladder and who stands where on it.
private struct Bracket: Sendable {
  var ladder: Ladder
  var rungs: [Rung] = []
  /// Steps that its trials do before they are compared for the first time, all together.
  var load = 0

  /// - Returns: how many have come there.
  mutating func reach(_ rung: Int, _ standing: Standing) -> Int {
    while rungs.count <= rung { rungs.append(Rung()) }
    rungs[rung].reach(standing)
    return rungs[rung].reached.count
  }
}
