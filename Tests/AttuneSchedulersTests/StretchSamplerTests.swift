import AttuneMath
import Testing

@testable import AttuneSchedulers

@Suite struct StretchSamplerTests {
  /// A normal distribution of two axes whose scales differ a thousandfold and which go together by 0.8.
  @Test func itDrawsWhatItIsAskedFor() {
    let seed: UInt64 = 3
    var random = RandomStream(seed: seed, purpose: "test", index: 0)
    var start = SampleTable(columns: 40, dimensions: 2)
    for index in start.elements.indices { start.elements[index] = random.nextNormal() }
    func density(_ table: SampleTable, _ result: inout [Double]) {
      for column in 0..<table.columns {
        let a = table.elements[column]
        let b = table.elements[table.stride + column] / 1_000
        result[column] = -(a * a - 1.6 * a * b + b * b) / 0.72
      }
    }
    var sampler = StretchSampler(start: start, random: random, density: density)
    var sums = (a: 0.0, b: 0.0, aa: 0.0, bb: 0.0, ab: 0.0)
    let steps = 600
    for step in 0..<steps + 100 {
      sampler.step(density: density)
      guard step >= 100 else { continue }
      for column in 0..<40 {
        let a = sampler.walkers.elements[column]
        let b = sampler.walkers.elements[sampler.walkers.stride + column] / 1_000
        sums = (sums.a + a, sums.b + b, sums.aa + a * a, sums.bb + b * b, sums.ab + a * b)
      }
    }
    let count = Double(steps * 40)
    #expect(abs(sums.a / count) < 0.12 && abs(sums.b / count) < 0.12, "seed \(seed): \(sums)")
    #expect(abs(sums.aa / count - 1) < 0.15 && abs(sums.bb / count - 1) < 0.15, "seed \(seed): \(sums)")
    #expect(abs(sums.ab / count - 0.8) < 0.15, "seed \(seed): \(sums)")
    #expect(sampler.accepted > steps * 40 / 2 && sampler.accepted < steps * 40)
  }

  @Test func nobodyMovesWhereTheDensityIsZero() {
    let start = SampleTable(columns: 4, point: [1, 2])
    var sampler = StretchSampler(start: start, random: RandomStream(seed: 1, purpose: "test", index: 0)) { _, _ in }
    for _ in 0..<5 { sampler.step { _, _ in } }
    #expect(sampler.accepted == 0 && sampler.walkers.elements == start.elements)
  }
}
