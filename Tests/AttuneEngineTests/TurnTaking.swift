import AttuneCore

/// Breadth first: every trial does a step, then it makes room for another; one whose future looks bad is given up.
struct TurnTaking: Scheduler {
  private var waiting: [TrialID] = []

  mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id):
      guard let step = situation.history[id].reports.last?.step else { return [] }
      let curve = LearningCurve(steps: [step], values: [0])
      return [.predict(CurveRequest(trial: id, curve: curve, steps: [step + 1], target: 1))]
    case .predicted(let id, at: _, let prediction?): return [prediction.mean[0] < 0.2 ? .stop(id) : .suspend(id)]
    case .suspended(let id): waiting.append(id)
    case .ended(let id): waiting.removeAll { $0 == id }
    case .predicted(_, at: _, nil), .stayed, .adopted, .notAdopted: break
    }
    return []
  }

  mutating func next(in situation: Situation) -> Next {
    if situation.canStartFresh { return .fresh }
    guard let index = waiting.firstIndex(where: situation.held.contains) else { return .nothing }
    return .resume(waiting.remove(at: index))
  }
}
