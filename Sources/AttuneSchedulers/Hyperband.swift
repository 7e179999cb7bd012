import AttuneCore

/// Hyperband: brackets of successive halving that begin with many trials of few steps, fewer of more steps, and so on, by turns.
///
/// Within a bracket the trials of a comparison wait for each other; meanwhile slots go to the next bracket, so none is idle while new trials can
/// be had. Of those that come to a comparison the best `1 / reduction` go on, the others are stopped. When no new trial can be had, a
/// bracket that is not full goes on with those it has. With the proposer `bohb` it is BOHB. Where trials cannot be suspended, the
/// brackets are those of `asha`, and trials are compared with those that came before them.
/// A value that is not finite is the worst. Of several objectives it looks at the first alone; see `dominance`.
/// When not to use it: without an idea of how many steps a trial needs at least; when curves cross late; see `fifo`.
/// Source: Li et al., "Hyperband: a novel bandit-based approach to hyperparameter optimization" (JMLR 18, 2018), algorithm 1; Falkner, Klein and
/// Hutter, "BOHB" (ICML 2018), §4.2, for brackets side by side.
public struct Hyperband: Scheduler {
  private let reduction: Int
  private let minSteps: Int
  private let maxSteps: Int?
  private var runs: [HalvingRun] = []
  private var members = TrialTable(blank: Member())
  /// Those that may go on, in the order in which they do.
  private var chosen: [TrialID] = []
  /// Those that are to be stopped when there is occasion to.
  private var given: [TrialID] = []
  /// What works without suspensions.
  private var ladder: SuccessiveHalving?

  /// - Parameters:
  ///   - reduction: one in so many goes on, at least 2.
  ///   - minSteps: steps before the first comparison at least, at least 1.
  ///   - maxSteps: steps of a whole trial; `nil` for `limits.steps`, and 81 without that limit, as in the paper.
  public init(reduction: Int = 3, minSteps: Int = 1, maxSteps: Int? = nil) {
    precondition(
      reduction >= 2 && minSteps >= 1 && maxSteps ?? 1 >= 1,
      "reduction is at least 2, steps are at least 1; got \(reduction), \(minSteps) and \(maxSteps ?? 1)")
    self.reduction = reduction
    self.minSteps = minSteps
    self.maxSteps = maxSteps
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      reduction: try options.int("reduction", default: 3, in: 2...1000),
      minSteps: try options.int("min_steps", default: 1, in: 1...1_000_000),
      maxSteps: try options.int("max_steps", in: 1...1_000_000_000))
  }

  /// - Complexity: O(1), and O(n log n) when n trials are compared.
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    guard situation.canSuspend else { return ladder(in: situation) { $0.moves(on: occasion, in: situation) } }
    let late = given.filter { !situation.history.trials[$0.rawValue - 1].state.isFinal }
    given = []
    var moves = late.map { Move.stop($0) }
    switch occasion {
    case .reported(let id): moves += reported(id, situation)
    case .ended(let id):
      chosen.removeAll { $0 == id }
      let run = members[id].run
      if run >= 0, runs[run].lose(id) { moves += promote(run) }
    case .suspended, .stayed, .predicted, .adopted, .notAdopted: break
    }
    return moves
  }

  /// Those that may go on first, then a new trial.
  public mutating func next(in situation: Situation) -> Next {
    guard situation.canSuspend else { return situation.canStartFresh ? .fresh : .nothing }
    if let id = takeChosen(situation.held) { return .resume(id) }
    if situation.canStartFresh { return .fresh }
    guard let last = runs.indices.last, runs[last].isStalled else { return .nothing }
    given += promote(last).compactMap { if case .stop(let id) = $0 { id } else { nil } }
    return takeChosen(situation.held).map { .resume($0) } ?? .nothing
  }

  private mutating func reported(_ id: TrialID, _ situation: Situation) -> [Move] {
    let objective = situation.history.objective
    guard let report = situation.newestReport(of: id), let value = report.metrics[objective.metric] else { return [] }
    members[id].best = objective.merit(value, after: members[id].best)
    if members[id].run < 0 { join(id, situation) }
    let run = members[id].run
    guard runs[run].isRacing(id), let goal = runs[run].goal, report.step >= goal else { return [] }
    chosen.removeAll { $0 == id }
    guard runs[run].arrive(Standing(merit: members[id].best, trial: id)) else { return [.suspend(id)] }
    let moves = promote(run)
    // Chosen at once, it need not be suspended.
    chosen.removeAll { $0 == id }
    return moves
  }

  /// - Returns: the ends of those that do not go on.
  private mutating func promote(_ run: Int) -> [Move] {
    let (best, others) = runs[run].promote()
    chosen += best
    return others.map { .stop($0) }
  }

  private mutating func takeChosen(_ held: Set<TrialID>) -> TrialID? {
    chosen.firstIndex(where: held.contains).map { chosen.remove(at: $0) }
  }

  private mutating func join(_ id: TrialID, _ situation: Situation) {
    if runs.last?.isOpen != true { runs.append(newRun(maxSteps ?? situation.limits.steps ?? 81)) }
    members[id].run = runs.count - 1
    runs[runs.count - 1].join(id)
  }

  /// The bracket whose turn it is.
  private func newRun(_ whole: Int) -> HalvingRun {
    let most = halvings(of: whole)
    let halvings = most - runs.count % (most + 1)
    var factors = [1]
    for _ in 0..<halvings { factors.append(factors[factors.count - 1] * reduction) }
    let size = ((most + 1) * factors[halvings] + halvings) / (halvings + 1)
    return HalvingRun(steps: factors.reversed().map { max(1, whole / $0) }, size: size, reduction: reduction)
  }

  /// How often a whole trial's steps can be divided without falling below the least.
  private func halvings(of whole: Int) -> Int {
    var (count, rest) = (0, whole / reduction)
    while rest >= minSteps {
      count += 1
      rest /= reduction
    }
    return count
  }

  private mutating func ladder(in situation: Situation, _ ask: (inout SuccessiveHalving) -> [Move]) -> [Move] {
    let brackets = 1 + halvings(of: maxSteps ?? situation.limits.steps ?? 81)
    var ladder = self.ladder ?? SuccessiveHalving(reduction: reduction, minSteps: minSteps, brackets: brackets)
    self.ladder = nil
    defer { self.ladder = ladder }
    return ask(&ladder)
  }
}

private struct Member: Sendable {
  var run = -1
  var best = -Double.infinity
}
