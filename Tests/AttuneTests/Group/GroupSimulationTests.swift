import AttuneWire
import Testing

@testable import Attune

/// What a group promises, held against storms. A failure names its seed, which replays it.
@Suite struct GroupSimulationTests {
  @Test func everyRankMakesAChangeAtTheSameStepOrNoneDoes() {
    var decided = 0
    var refusals: [String: Int] = [:]
    for seed in UInt64(1)...150 {
      var group = SimulatedGroup(seed: seed)
      for _ in 0..<6 {
        group.run(moves: 250)
        group.settle()
        check(group, seed)
      }
      decided += group.decided.count
      for case .failure(let failure) in group.answers.values {
        for kind in ["no.", "did not answer", "lost its connection", "has not joined"] where failure.message.contains(kind) {
          refusals[kind, default: 0] += 1
        }
      }
    }
    #expect(decided > 1000)
    #expect(refusals.count == 4 && refusals.values.allSatisfy { $0 > 5 }, "the storms were teacups: \(refusals)")
  }

  private func check(_ group: SimulatedGroup, _ seed: UInt64) {
    for (index, rank) in group.ranks.enumerated() {
      #expect(!rank.madeTwice, "seed \(seed): rank \(index)")
      for (proposal, step) in rank.made {
        let atStep = group.decided[proposal]
        #expect(atStep != nil, "seed \(seed): rank \(index) has made proposal \(proposal), which was not decided for")
        #expect(step == max(atStep ?? 0, rank.birth), "seed \(seed): rank \(index) has made proposal \(proposal) at another step")
      }
      let missing = Set(group.decided.keys).subtracting(rank.made.map(\.proposal))
      #expect(missing.isEmpty, "seed \(seed): rank \(index) has not made \(missing)")
      #expect(rank.step >= group.goal && rank.member.promised == nil, "seed \(seed): rank \(index) waits for ever at step \(rank.step)")
    }
    #expect(group.answers.keys.sorted() == Array(1..<(group.asked + 1)), "seed \(seed): somebody is not answered")
    let accepted = group.answers.values.compactMap { try? $0.get() }
    #expect(accepted.count == group.decided.count, "seed \(seed)")
    #expect(group.told.sorted() == accepted.sorted(), "seed \(seed): not told once each")
  }
}
