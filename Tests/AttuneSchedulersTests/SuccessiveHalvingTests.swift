import AttuneCore
import AttuneTesting
import Testing

@testable import AttuneSchedulers

@Suite struct SuccessiveHalvingTests {
  @Test func theBestThirdGoesOn() throws {
    var stand = try SchedulerStand(SuccessiveHalving())
    #expect(stand.report(1, 1, 0.5) == [.suspend(TrialID(1))] && stand.suspend(1) == [])
    #expect(stand.next() == .fresh)
    #expect(stand.report(2, 1, 0.9) == [.suspend(TrialID(2))] && stand.suspend(2) == [])
    #expect(stand.report(3, 1, 0.1) == [.suspend(TrialID(3))] && stand.suspend(3) == [])
    #expect(stand.next() == .resume(TrialID(2)) && stand.next() == .fresh)
    #expect(stand.report(2, 2, 0.8) == [])  // between the rungs
    #expect(stand.report(2, 3, 0.8) == [.suspend(TrialID(2))])
    #expect(stand.report(4, 1, 0.95) == [])  // the best of four goes on at once
    #expect(stand.report(5, 1, 0.93) == [.suspend(TrialID(5))] && stand.suspend(5) == [] && stand.next() == .fresh)
    #expect(stand.report(6, 1, 0.2) == [.suspend(TrialID(6))])
    #expect(stand.next() == .resume(TrialID(5)))  // the second of six
  }

  @Test func theBestAtARungGoesOnAtOnceAndRepeatedStepsChangeNothing() throws {
    var stand = try SchedulerStand(SuccessiveHalving(reduction: 2))
    #expect(stand.report(1, 1, 0.1) == [.suspend(TrialID(1))] && stand.suspend(1) == [])
    #expect(stand.report(2, 1, 0.2) == [])
    #expect(stand.report(2, 1, 0.0) == [])  // after a restart
    #expect(stand.report(2, 2, .nan) == [.suspend(TrialID(2))])
    #expect(stand.report(2, 1, ["other": 1]) == [])
  }

  @Test func whatCannotBeSuspendedIsStopped() throws {
    var stand = try SchedulerStand(SuccessiveHalving(), [Objective(metric: "m", goal: .minimize)])
    stand.canSuspend = false
    #expect(stand.report(1, 1, 0.5) == [] && stand.report(2, 1, 0.6) == [.stop(TrialID(2))])
    #expect(stand.report(3, 1, 0.4) == [] && stand.report(4, 1, .nan) == [.stop(TrialID(4))])
  }

  /// Ten trials are too few for a third of a third of a third.
  @Test func atLeastOneComesToItsEnd() throws {
    var stand = try SchedulerStand(SuccessiveHalving())
    stand.limits.steps = 40
    for trial in 1...10 { #expect(stand.report(trial, 1, Double(trial)) == (trial < 3 ? [.suspend(TrialID(trial))] : [])) }
    stand.canStartFresh = false
    _ = stand.suspend(1)
    #expect(stand.next() == .nothing)
    #expect(stand.report(10, 3, 10) == [.suspend(TrialID(10))] && stand.suspend(10) == [] && stand.next() == .resume(TrialID(10)))
    #expect(stand.report(10, 40, 10) == [])
  }

  @Test func graceAndBracketsMoveTheFirstRung() throws {
    var late = try SchedulerStand(SuccessiveHalving(minSteps: 2, grace: 7))
    #expect(late.report(1, 17, 1) == [] && late.report(1, 18, 1) == [.suspend(TrialID(1))])
    var several = try SchedulerStand(SuccessiveHalving(brackets: 2))
    let isJudged = (1...8).map { !several.report($0, 1, 0).isEmpty }
    #expect(isJudged == [true, false, true, true, true, false, true, true])
  }

  /// Nobody goes on but from the best third, counted by hand, and not many more than a third: those that later arrivals displaced.
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func onlyTheBestThirdGoesOn(seed: UInt64) throws {
    var terms = SchedulerRehearsal.Terms()
    (terms.seed, terms.isRough, terms.trials, terms.slots) = (seed, false, 60, Int(seed))
    var rehearsal = try SchedulerRehearsal(terms)
    var scheduler = WatchedHalving()
    try rehearsal.play(&scheduler)
    let counts = [1, 3, 9, 27].map { step in rehearsal.history.trials.count { ($0.reports.last?.step ?? 0) >= step } }
    #expect(counts[0] == 60 && zip(counts, counts.dropFirst()).allSatisfy { $1 <= $0 / 2 + 2 }, "seed \(seed): \(counts)")
    let steps = Set(rehearsal.history.trials.compactMap(\.reports.last?.step))
    #expect(steps.isSubset(of: [1, 3, 9, 27, 30]), "seed \(seed): \(steps)")
    #expect(rehearsal.history.trials.contains { $0.state == .completed } && scheduler.count > 15, "seed \(seed)")
  }
}

/// Counts by hand who may go on.
private struct WatchedHalving: Scheduler {
  var halving = SuccessiveHalving()
  var reached: [Int: [TrialID: Double]] = [:]
  var rungs: [TrialID: Int] = [:]
  var count = 0

  mutating func moves(on occasion: Occasion, in situation: Situation) -> [Move] {
    let moves = halving.moves(on: occasion, in: situation)
    guard case .reported(let id) = occasion, let step = situation.newestReport(of: id)?.step, [1, 3, 9, 27].contains(step) else {
      return moves
    }
    let losses = situation.history[id].reports.compactMap { $0.metrics["loss"] }
    reached[step, default: [:]][id] = losses.min() ?? .infinity
    rungs[id] = step
    if moves.isEmpty { expectRight(of: id) } else { #expect(!isAmongBest(id)) }
    return moves
  }

  mutating func next(in situation: Situation) -> Next {
    let next = halving.next(in: situation)
    if case .resume(let id) = next, situation.canStartFresh { expectRight(of: id) }
    return next
  }

  private mutating func expectRight(of id: TrialID) {
    count += 1
    #expect(isAmongBest(id), "trial \(id) goes on from step \(rungs[id] ?? 0)")
  }

  private func isAmongBest(_ id: TrialID) -> Bool {
    let all = reached[rungs[id] ?? 0] ?? [:]
    return all.values.count { $0 < all[id] ?? .infinity } < all.count / 3
  }
}
