import AttuneWire
import Testing

@testable import Attune

/// What a group promises, held against storms. A failure names its seed, which replays it.
@Suite struct GroupSimulationTests {
  @Test func everyRankMakesAChangeAtTheSameStepOrNoneDoes() {
    for seed in UInt64(1)...300 {
      var group = SimulatedGroup(seed: seed)
      group.run(moves: 1500)
      group.settle()
      for (index, rank) in group.ranks.enumerated() {
        #expect(!rank.madeTwice, "seed \(seed): rank \(index)")
        for (proposal, step) in rank.made {
          let atStep = group.decided[proposal]
          #expect(atStep != nil, "seed \(seed): rank \(index) has made proposal \(proposal), which was not decided for")
          #expect(step == max(atStep ?? 0, rank.birth), "seed \(seed): rank \(index) has made proposal \(proposal) at another step")
        }
        let missing = Set(group.decided.keys).subtracting(rank.made.map(\.proposal))
        #expect(missing.isEmpty, "seed \(seed): rank \(index) has not made \(missing)")
        #expect(rank.step >= group.goal, "seed \(seed): rank \(index) waits for ever at step \(rank.step)")
      }
      #expect(group.answers.keys.sorted() == Array(1...group.asked), "seed \(seed): somebody is not answered")
      let accepted = group.answers.values.compactMap { try? $0.get() }
      #expect(accepted.count == group.decided.count, "seed \(seed)")
      #expect(group.told.sorted() == accepted.sorted(), "seed \(seed): not told once each")
    }
  }

  @Test func stormsAreNoTeacups() {
    var decided = 0
    var refusals: [String: Int] = [:]
    for seed in UInt64(1)...50 {
      var group = SimulatedGroup(seed: seed)
      group.run(moves: 1500)
      group.settle()
      decided += group.decided.count
      for case .failure(let failure) in group.answers.values {
        for kind in ["no.", "did not answer", "lost its connection", "has not joined"] where failure.message.contains(kind) {
          refusals[kind, default: 0] += 1
        }
      }
    }
    #expect(decided > 500)
    #expect(refusals.count == 4 && refusals.values.allSatisfy { $0 > 10 }, "\(refusals)")
  }
}
