import AttuneCore
import AttuneTesting
import Testing

@testable import AttuneSchedulers

@Suite struct HyperbandTests {
  /// Nine trials of nine steps: three go on from step 1, one from step 3; then a bracket of three from step 3 on is asked for.
  @Test func aBracketHalvesTogether() throws {
    var stand = try SchedulerStand(Hyperband())
    stand.limits.steps = 9
    for trial in 1...8 { #expect(stand.report(trial, 1, Double(trial)) == [.suspend(TrialID(trial))] && stand.suspend(trial) == []) }
    #expect(stand.next() == .fresh)
    let losers = stand.report(9, 1, 0)
    #expect(losers == [5, 4, 3, 2, 1, 9].map { .stop(TrialID($0)) })
    for trial in [1, 2, 3, 4, 5, 9] { _ = stand.end(trial, .stopped) }
    #expect(stand.next() == .resume(TrialID(8)) && stand.next() == .resume(TrialID(7)) && stand.next() == .resume(TrialID(6)))
    #expect(stand.report(10, 1, 5) == [] && stand.report(10, 3, 5) == [.suspend(TrialID(10))])  // the next bracket begins at 3
    #expect(stand.report(8, 3, 0) == [.suspend(TrialID(8))] && stand.report(7, 3, .nan) == [.suspend(TrialID(7))])
    #expect(stand.end(6, .failed) == [.stop(TrialID(7))])
    _ = stand.suspend(8)
    #expect(stand.next() == .resume(TrialID(8)) && stand.report(8, 9, 0) == [])
  }

  @Test func aBracketThatIsNotFullGoesOnAlone() throws {
    var stand = try SchedulerStand(Hyperband())
    stand.limits.steps = 9
    for trial in 1...4 { _ = (stand.report(trial, 1, Double(trial)), stand.suspend(trial)) }
    stand.canStartFresh = false
    #expect(stand.next() == .resume(TrialID(4)) && stand.next() == .nothing)
    #expect(stand.report(4, 2, 4) == [3, 2, 1].map { .stop(TrialID($0)) })
  }

  /// Where nothing goes wrong, brackets have the sizes of the paper's table.
  @Test(arguments: [1, 2, 3] as [UInt64]) func bracketsAreThePapers(seed: UInt64) throws {
    var terms = SchedulerRehearsal.Terms()
    (terms.seed, terms.isRough, terms.slots, terms.trials, terms.steps) = (seed, false, Int(seed), 81 + 34 + 15 + 8 + 5, 81)
    var rehearsal = try SchedulerRehearsal(terms)
    var scheduler = Hyperband()
    try rehearsal.play(&scheduler)
    let reached = [1, 3, 9, 27, 81].map { step in rehearsal.history.trials.count { ($0.reports.last?.step ?? 0) >= step } }
    #expect(reached == [143, 27 + 34 + 28, 9 + 11 + 15 + 13, 3 + 3 + 5 + 8 + 5, 1 + 1 + 1 + 2 + 5], "seed \(seed)")
  }
}
