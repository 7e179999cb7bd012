import AttuneCore
import AttuneMath
import Testing

@testable import AttuneSchedulers

@Suite struct PercentileStoppingTests {
  /// Final values of four trials of two steps, the trial under test, the goal, whether it is stopped.
  static let table: [([Double], [Double], Objective.Goal, Bool)] = [
    ([1, 2, 3, 4], [0.5, 0.5], .maximize, true),
    ([1, 2, 3, 4], [0, 1.5], .maximize, false),  // one of four is worse
    ([1, 2, 3, 4], [1.5, 0], .maximize, false),  // its best counts
    ([1, 2, 3, 4], [5, 5], .minimize, true),
    ([1, 1, 1, 1], [1, 1], .maximize, false),  // ties
    ([1, 2, 3, 4], [.nan, .infinity], .maximize, true),
    ([.nan, .nan, .nan, .nan], [.nan, .nan], .maximize, false),
  ]

  @Test(arguments: table) func theWorstQuarterIsStopped(others: [Double], curve: [Double], goal: Objective.Goal, isStopped: Bool) throws {
    var scheduler = PercentileStopping(startup: 4, warmup: 1)
    #expect(try SchedulerStand.stops(by: &scheduler, others.map { [$0, $0] } + [curve], goal).suffix(2) == [false, isStopped])
  }

  /// Milestones against every curve, where strides differ and steps are thinned out.
  @Test(arguments: [1, 2, 3] as [UInt64]) func milestonesKnowAllWhoPassed(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "milestones", index: 0)
    var milestones = Milestones()
    let steps = [2, 3, 5].flatMap { stride in (1...20).map { $0 * stride } }
    for step in Set(steps).sorted() { milestones.pass(from: step - 1, nil, to: step, nil) }
    var curves: [[(step: Int, value: Double)]] = []
    for _ in 0..<30 {
      let stride = [2, 3, 5][Int.random(in: 0..<3, using: &random)]
      let curve = (1...Int.random(in: 1...20, using: &random)).map { (step: $0 * stride, value: random.nextUnit()) }
      for index in curve.indices {
        let before = index == 0 ? nil : curve[index - 1]
        milestones.pass(from: before?.step ?? 0, before?.value, to: curve[index].step, curve[index].value)
      }
      curves.append(curve)
    }
    for step in Set(steps) {
      let expected = curves.compactMap { curve in
        (curve.last?.step ?? 0) >= step ? curve.last { $0.step <= step }?.value : nil
      }.sorted()
      let others = milestones.others(at: step, own: nil)
      #expect(
        others?.count == expected.count && (0..<expected.count).allSatisfy { others?[$0] == expected[$0] }, "seed \(seed), step \(step)")
      guard let own = expected.randomElement(using: &random) else { continue }
      let rest = milestones.others(at: step, own: own)
      var without = expected
      without.remove(at: without.firstIndex(of: own) ?? 0)
      #expect((0..<without.count).allSatisfy { rest?[$0] == without[$0] }, "seed \(seed), step \(step)")
    }
  }

  @Test func manyStepsStayFew() {
    var milestones = Milestones()
    for step in 1...5000 { milestones.pass(from: step - 1, Double(step - 1), to: step, Double(step)) }
    let others = milestones.others(at: 5000, own: nil)
    #expect(others.map { $0.count == 1 && $0[0] > 4900 } == true)
  }
}
