import Testing

@testable import AttuneMath

@Suite struct SobolSequenceTests {
  /// From the direction numbers that Joe and Kuo publish, by another program.
  @Test(arguments: [
    (1, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]), (5, [0.625, 0.125, 0.875, 0.625, 0.625, 0.125, 0.375]),
    (13, [0.6875, 0.8125, 0.4375, 0.9375, 0.0625, 0.4375, 0.8125]),
    (1000, [0.0927734375, 0.1611328125, 0.4501953125, 0.9091796875, 0.9931640625, 0.6396484375, 0.1220703125]),
  ])
  func isTheSequenceOfJoeAndKuo(index: Int, expected: [Double]) {
    let point = SobolSequence(dimensions: 512, seed: nil).point(at: index)
    #expect([0, 1, 2, 3, 4, 7, 9].map { point[$0] } == expected)
    if index == 1000 { #expect([point[511], point[36]] == [0xA6C0_0000 * 0x1p-32, 0x28C0_0000 * 0x1p-32]) }
  }

  @Test(arguments: [nil, 1, 2, 99] as [UInt64?])
  func everyAxisIsStratified(seed: UInt64?) {
    let sequence = SobolSequence(dimensions: 600, seed: seed)
    let points = (0..<64).map(sequence.point)
    for dimension in 0..<600 {
      #expect(Set(points.map { Int($0[dimension] * 64) }).count == 64, "seed \(String(describing: seed)), dimension \(dimension)")
    }
  }

  /// Every pair of the first ten dimensions: 1024 points put at most so many into any elementary box of area 2^-(10 - t), t ≤ 4, and
  /// the first pair, a (0, 2)-sequence, exactly one into every box of area 2^-10.
  @Test(arguments: [nil, 7] as [UInt64?])
  func pairsAreEven(seed: UInt64?) {
    let sequence = SobolSequence(dimensions: 10, seed: seed)
    let points = (0..<1024).map(sequence.point)
    for (first, second) in pairs(10) {
      let quality = (first, second) == (0, 1) ? 0 : 4
      for width in 0...(10 - quality) {
        let columns = Double(1 << width), rows = Double(1 << (10 - quality - width))
        var counts: [Int: Int] = [:]
        for point in points { counts[Int(point[first] * columns) * 2048 + Int(point[second] * rows), default: 0] += 1 }
        #expect(counts.count == 1 << (10 - quality) && counts.values.allSatisfy { $0 == 1 << quality }, "\(first), \(second), \(width)")
      }
    }
  }

  @Test func seedsGiveOtherPointsAndNoSeedRepeats() {
    let first = SobolSequence(dimensions: 3, seed: 1).point(at: 0), second = SobolSequence(dimensions: 3, seed: 2).point(at: 0)
    #expect(zip(first, second).allSatisfy { $0 != $1 })
    #expect(Set(first).count == 3)
    #expect(SobolSequence(dimensions: 0, seed: 1).point(at: 3).isEmpty)
  }

  /// The mean of a smooth function over 256 points: scrambled nets are unbiased, and a hundred times closer than random points.
  @Test func integratesBetterThanRandomPoints() {
    let errors = (0..<40).map { seed in
      let sequence = SobolSequence(dimensions: 4, seed: UInt64(seed))
      let values = (0..<256).map { sequence.point(at: $0).reduce(1) { $0 * (0.5 + $1) } }
      return values.reduce(0, +) / 256 - 1
    }
    let bias = errors.reduce(0, +) / 40
    let deviation = (errors.reduce(0) { $0 + $1 * $1 } / 40).squareRoot()
    #expect(abs(bias) < 0.001 && deviation < 0.002, "random points: 0.037; here \(deviation), mean error \(bias)")
  }

  private func pairs(_ count: Int) -> [(Int, Int)] { (0..<count).flatMap { first in ((first + 1)..<count).map { (first, $0) } } }
}
