import AttuneCore

/// What every scheduler promises, as a check that anybody who writes one can run.
public enum SchedulerContract {
  /// Runs the whole contract: in smooth and rough worlds, with one slot and with several, with and without suspensions, it answers the
  /// same events with the same moves, moves nothing that is over, resumes only what is suspended, and comes to an end.
  /// - Parameter make: a fresh scheduler under test.
  /// - Throws: `ContractViolation`, or what `make` throws.
  public static func check(name: String, seeds: Range<UInt64> = 1..<4, _ make: () throws -> any Scheduler) throws {
    for seed in seeds {
      for shape in shapes {
        var terms = shape
        terms.seed = seed
        try check("\(name), seed \(seed), \(terms.slots) slots, canSuspend \(terms.canSuspend)", terms, make)
      }
    }
  }

  /// The worlds of the contract, by what they are short of.
  public static var shapes: [SchedulerRehearsal.Terms] {
    var shapes: [SchedulerRehearsal.Terms] = []
    for (slots, canSuspend, isRough) in [(1, true, true), (3, true, false), (4, false, true), (40, true, true)] {
      var terms = SchedulerRehearsal.Terms()
      terms.slots = slots
      terms.canSuspend = canSuspend
      terms.isRough = isRough
      terms.stride = slots == 4 ? 3 : 1
      terms.time = slots == 3 ? 200 : nil
      if slots == 1 { terms.objectives = [Objective(metric: "loss", goal: .minimize, target: 0.2, summary: .last)] }
      if slots == 40 { terms.objectives = [Objective(metric: "loss", goal: .minimize), Objective(metric: "cost", goal: .maximize)] }
      shapes.append(terms)
    }
    return shapes
  }

  private static func check(_ name: String, _ terms: SchedulerRehearsal.Terms, _ make: () throws -> any Scheduler) throws {
    var first = try SchedulerRehearsal(terms)
    var second = first
    do {
      var scheduler = try make()
      try first.play(&scheduler)
      scheduler = try make()
      try second.play(&scheduler)
    } catch let violation as ContractViolation {
      throw ContractViolation("\(name): \(violation)")
    }
    try ContractViolation.require(first.scenes == second.scenes, "\(name): the same events are answered with other moves")
    try ContractViolation.require(first.history.trials.contains { $0.state.isFinal }, "\(name): no trial came to an end")
    for request in first.scenes.flatMap(\.moves).compactMap({ if case .predict(let request) = $0 { request } else { nil } }) {
      try ContractViolation.require(!request.curve.steps.isEmpty, "\(name): a prediction of nothing is asked for")
    }
  }
}
