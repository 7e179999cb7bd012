import AttuneCore
import AttuneMath

/// What `pbt` and `pb2` do alike: they differ in which values a trial goes on with.
protocol PopulationScheduler {
  var population: Population { get set }
  /// A member's interval is over.
  mutating func note(_ due: Population.Due, _ situation: Situation)
  /// What who takes over from that one goes on with; `nil` where the constraints leave nothing.
  func explored(from donor: TrialID, _ situation: Situation, using random: inout RandomStream) -> Configuration?
}

extension PopulationScheduler {
  mutating func note(_ due: Population.Due, _ situation: Situation) {}

  mutating func movesOfPopulation(on occasion: Occasion, in situation: Situation) -> [Move] {
    switch occasion {
    case .reported(let id):
      guard let due = population.reported(id, situation) else { return [] }
      note(due, situation)
      return exploit(due, situation) ?? turn(id, situation)
    case .adopted(let id):
      population.tookOver(id, at: situation.history[id].adoptions.last?.step, situation)
      return turn(id, situation)
    case .notAdopted(let id):
      population.tookOver(id, at: nil, situation)
      return turn(id, situation)
    case .suspended(let id): population.waits(id)
    case .ended(let id): population.ended(id)
    case .stayed, .predicted: break
    }
    return []
  }

  private mutating func exploit(_ due: Population.Due, _ situation: Situation) -> [Move]? {
    guard let donor = due.donor else { return nil }
    var random = population.stream(for: due.trial, seed: situation.seed)
    _ = random.next()
    guard let explored = explored(from: donor, situation, using: &random) else { return nil }
    population.takesOver(due.trial, from: donor)
    return [.exploit(due.trial, from: donor, with: explored)]
  }

  private mutating func turn(_ id: TrialID, _ situation: Situation) -> [Move] {
    population.makesRoom(id, situation) ? [.suspend(id)] : []
  }
}
