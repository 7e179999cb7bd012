import AttuneCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Gives slots to the trials from which most can be hoped for, for each second of a slot: nobody is given up, and whoever falls behind waits.
///
/// How curves go on it learns from the trials themselves (`GainModel`): what an octave of steps gains, by a trial's level and by what the octave before
/// gained. Where early ranks say little of final ones, all trials come to look alike, and those that are furthest are finished; where they
/// say much, many are begun and few are continued. A trial's index is the chance of reaching the target for each second, at best: it takes into
/// account that the trial can be given up on the way, and what a step takes (`ProspectTable`). A new trial's index is the same before its first
/// report. The target is the objective's as long as somebody is likely to reach it, else what only the best will reach. Without a target it is a
/// quarter of the way from the best value so far to that, so that good values come early and better ones follow.
/// A trial keeps its slot while nobody who waits has an index a fifth above its own, or, without a target, while it leads, twice its own.
/// A value that is not finite is the worst; a metric that falls keeps its best value. Where trials cannot be suspended it is `fifo`.
/// When not to use it: where suspending costs more than a step.
/// Sources: Gittins, "Bandit processes and dynamic allocation indices" (J. R. Stat. Soc. B 41, 1979), for trials with a chance and a cost; the freezing and
/// thawing of trials: Swersky, Snoek, Adams, "Freeze-thaw Bayesian optimization" (2014). The model of gains is our own.
public struct ProspectScheduling: SchedulerInsight {
  /// Trials that must have reported before any are compared.
  private static let least = 5
  /// How far above one's own index somebody else's has to be to take the slot.
  private static let patience = 1.2
  /// The same for who reports more than all the others have come to.
  private static let patienceWithTheLeader = 2.0
  /// What a new trial's index is worth: of many that are looked at, those that look best have been lucky.
  private static let modesty = 0.3
  private var trials = TrialTable(blank: ProspectTrial())
  /// Those that wait, by their indices.
  private var waiting = Ranking<Standing>()
  /// By their first report.
  private var started: [TrialID] = []
  private var reports = 0
  private var fittedAt = 0
  private var outlook = ProspectOutlook()
  private var longest = 1
  private var lead = Lead()

  /// It has no options.
  public init() {}

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {}

  /// - Complexity: O(log trials); now and then, when there are a tenth more reports, O(reports · log trials).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id): return reported(id, situation)
    case .suspended(let id):
      trials[id].pace.pause()
      trials[id].isWaiting = true
      waiting.insert(standing(id))
    case .ended(let id):
      goOn(id)
      trials[id].isOver = true
    case .predicted, .stayed, .adopted, .notAdopted: break
    }
    return []
  }

  /// Whoever has the highest index: a trial that waits, or a new one.
  public mutating func next(in situation: Situation) -> Next {
    guard let best = best(of: situation.held) else { return situation.canStartFresh ? .fresh : .nothing }
    if situation.canStartFresh, trials[best].index < outlook.fresh { return .fresh }
    goOn(best)
    return .resume(best)
  }

  /// Promising are those that would not be left for a new trial.
  public func outlook(of id: TrialID) -> TrialOutlook? {
    let trial = trials[id]
    guard !trial.points.isEmpty, !trial.isOver else { return nil }
    let isPromising = trial.index >= outlook.fresh
    return TrialOutlook(isPromising ? .promising : .opportunistic, probability: outlook.chance(of: trial))
  }

  private mutating func reported(_ id: TrialID, _ situation: Situation) -> [Move] {
    let objective = situation.history.objective
    guard let report = situation.newestReport(of: id), let value = report.metrics[objective.metric] else { return [] }
    let attempts = situation.history.trials[id.rawValue - 1].attempts.count
    trials[id].pace.take(step: report.step, elapsed: report.elapsed, attempt: attempts)
    guard report.step > trials[id].step else { return [] }
    let merit = objective.merit(value)
    if trials[id].points.isEmpty { started.append(id) }
    trials[id].take(merit.isFinite ? merit : worst, at: report.step)
    longest = max(longest, report.step)
    reports += 1
    let isAhead = lead.take(merit, of: id)
    let end = Double(situation.limits.steps ?? 2 * longest)
    if started.count >= Self.least { update(id, end, situation) }
    guard situation.canSuspend, Double(report.step) < end else { return [] }
    // Before anything is known, where there is nothing to reach, good values count.
    if isAhead, started.count < Self.least, objective.target == nil { return [] }
    let rival = max(situation.canStartFresh ? outlook.fresh : -1, best(of: situation.held).map { trials[$0].index } ?? -1)
    let patience = isAhead && objective.target == nil ? Self.patienceWithTheLeader : Self.patience
    return patience * trials[id].index >= rival ? [] : [.suspend(id)]
  }

  /// The model is made anew when there are a tenth more reports; in between only the trial's own index is.
  private mutating func update(_ id: TrialID, _ end: Double, _ situation: Situation) {
    guard reports < 30 || 10 * (reports - fittedAt) >= reports else {
      trials[id].index = outlook.index(of: trials[id])
      return
    }
    fittedAt = reports
    let objective = situation.history.objective
    outlook = ProspectOutlook(
      started.map { trials[$0] }, end: end, target: objective.target.map { objective.merit($0) },
      planned: situation.limits.trials ?? max(2 * started.count, 20))
    outlook.fresh *= Self.modesty
    waiting = Ranking()
    for id in started {
      trials[id].index = outlook.index(of: trials[id])
      if trials[id].isWaiting { waiting.insert(standing(id)) }
    }
  }

  private mutating func goOn(_ id: TrialID) {
    guard trials[id].isWaiting else { return }
    waiting.remove(standing(id))
    trials[id].isWaiting = false
  }

  private func standing(_ id: TrialID) -> Standing { Standing(merit: trials[id].index, trial: id) }

  /// Who has the highest index of those that can be resumed.
  private func best(of held: Set<TrialID>) -> TrialID? {
    for place in 0..<waiting.count where held.contains(waiting[place].trial) { return waiting[place].trial }
    return held.min()
  }

  /// Of what has been seen; 0 before anything has.
  private var worst: Double { started.lazy.map { trials[$0].best }.filter(\.isFinite).min() ?? 0 }
}

/// The best value of all, and the best of the other trials.
private struct Lead: Sendable {
  private var leader = TrialID(0)
  private var best = -Double.infinity
  private var bestOfOthers = -Double.infinity

  /// - Returns: whether it is better than what all the other trials have come to.
  mutating func take(_ merit: Double, of id: TrialID) -> Bool {
    if id == leader {
      best = max(best, merit)
      return merit > bestOfOthers
    }
    guard merit > best else {
      bestOfOthers = max(bestOfOthers, merit)
      return false
    }
    (leader, best, bestOfOthers) = (id, merit, best)
    return true
  }
}
