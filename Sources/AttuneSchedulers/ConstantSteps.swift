import AttuneCore

/// i-Epoch: every trial does the same small number of steps, and the best then go on to their end.
///
/// A trial is suspended after `steps` steps. When nothing new can be had, the best go on, as many as `finalists` says. Where trials cannot be
/// suspended, one that is not among so many best of those that came before it is stopped, and the others go on.
/// When to use it: as the baseline that any early stopper has to beat. When not to use it: when curves cross after those steps.
/// Source: Egele, Mohr, Viering and Balaprakash, "The unreasonable effectiveness of early discarding after one epoch in neural network
/// hyperparameter optimization" (Neurocomputing, 2024).
public struct ConstantSteps: Scheduler {
  private let steps: Int
  private let finalists: Int?
  private var rung = Rung()
  private var standings = TrialTable(blank: Candidate())
  private var chosen = 0

  /// - Parameters:
  ///   - steps: what every trial does, at least 1.
  ///   - finalists: how many go on; `nil` for one for each slot.
  public init(steps: Int = 1, finalists: Int? = nil) {
    precondition(steps >= 1 && finalists ?? 1 >= 1, "steps and finalists are at least 1; got \(steps) and \(finalists ?? 1)")
    self.steps = steps
    self.finalists = finalists
  }

  init(options: inout AlgorithmOptions) throws(AlgorithmError) {
    self.init(
      steps: try options.int("steps", default: 1, in: 1...1_000_000_000), finalists: try options.int("finalists", in: 1...1_000_000))
  }

  /// - Complexity: O(log trials + trials / 1024) after the last of the steps, else O(1).
  public mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id): return reported(id, situation)
    case .suspended(let id):
      if standings[id].hasArrived { rung.wait(standings[id].standing) }
    case .ended(let id):
      if standings[id].isChosen, situation.history.trials[id.rawValue - 1].state == .failed { chosen -= 1 }
      standings[id].isChosen = false
      rung.give(up: standings[id].standing)
    case .stayed, .predicted, .adopted, .notAdopted: break
    }
    return []
  }

  /// A new trial, or one of the best when there is none.
  public mutating func next(in situation: Situation) -> Next {
    if situation.canStartFresh { return .fresh }
    guard chosen < finalists ?? max(1, situation.slots), let best = rung.next(amongBest: .max, held: situation.held) else {
      return .nothing
    }
    rung.leave(best)
    standings[best.trial].isChosen = true
    chosen += 1
    return .resume(best.trial)
  }

  private mutating func reported(_ id: TrialID, _ situation: Situation) -> [Move] {
    let objective = situation.history.objective
    guard !standings[id].hasArrived, let report = situation.newestReport(of: id), let value = report.metrics[objective.metric] else {
      return []
    }
    standings[id].standing = Standing(merit: objective.merit(value, after: standings[id].standing.merit), trial: id)
    guard report.step >= steps else { return [] }
    standings[id].hasArrived = true
    rung.reach(standings[id].standing)
    if situation.canSuspend { return [.suspend(id)] }
    return rung.isAmong(best: finalists ?? max(1, situation.slots), standings[id].standing) ? [] : [.stop(id)]
  }
}

private struct Candidate: Sendable {
  var standing = Standing(merit: -.infinity, trial: TrialID(0))
  var hasArrived = false
  var isChosen = false
}
