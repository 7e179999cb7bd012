import AttuneMath
import Testing

@testable import AttuneSchedulers

@Suite struct RankingTests {
  /// Against a sorted array, through many blocks and back to none.
  @Test(arguments: [1, 2, 3] as [UInt64]) func isASortedArray(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "ranking", index: 0)
    var ranking = Ranking<Int>()
    var sorted: [Int] = []
    for round in 0..<6000 {
      let value = Int.random(in: 0..<2000, using: &random)
      let isGrowing = round < 4000
      if Int.random(in: 0..<4, using: &random) > (isGrowing ? 0 : 2) {
        ranking.insert(value)
        sorted.insert(value, at: sorted.firstIndex { $0 >= value } ?? sorted.count)
      } else {
        let place = sorted.firstIndex(of: value)
        let isThere = ranking.remove(value)
        #expect(isThere == (place != nil), "seed \(seed)")
        if let place { sorted.remove(at: place) }
      }
      #expect(ranking.place(of: value) == sorted.firstIndex { $0 >= value } ?? sorted.count, "seed \(seed)")
    }
    #expect((0..<ranking.count).map { ranking[$0] } == sorted && ranking.first == sorted.first, "seed \(seed)")
    for value in sorted {
      let isThere = ranking.remove(value)
      #expect(isThere, "seed \(seed)")
    }
    #expect(ranking.isEmpty && ranking.first == nil && ranking.place(of: 1) == 0)
  }
}
