import AttuneMath
import Testing

@Suite struct RandomStreamTests {
  /// The known answers published with the algorithm (Random123, `kat_vectors`).
  @Test(arguments: [
    (SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0), SIMD4<UInt32>(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)),
    (
      SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
      SIMD4<UInt32>(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
    ),
    (
      SIMD4<UInt32>(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), SIMD2<UInt32>(0xA409_3822, 0x299F_31D0),
      SIMD4<UInt32>(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
    ),
  ])
  func philoxKnownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox.block(counter: counter, key: key) == expected)
  }

  @Test func sameStreamSameNumbers() {
    var first = RandomStream(seed: 7, purpose: "propose", index: 3)
    var second = RandomStream(seed: 7, purpose: "propose", index: 3)
    #expect((0..<100).map { _ in first.next() } == (0..<100).map { _ in second.next() })
  }

  @Test func streamsDiffer() {
    var drawn: Set<UInt64> = []
    for seed in UInt64(0)..<10 {
      for purpose in ["propose", "retry"] {
        for index in 0..<50 {
          var stream = RandomStream(seed: seed, purpose: purpose, index: index)
          drawn.insert(stream.next())
        }
      }
    }
    #expect(drawn.count == 1000)
  }

  @Test func unitNumbersAreUniform() {
    var stream = RandomStream(seed: 1, purpose: "test", index: 0)
    let numbers = (0..<100_000).map { _ in stream.nextUnit() }
    let mean = numbers.reduce(0, +) / 100_000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
    #expect(numbers.allSatisfy { (0..<1).contains($0) })
    #expect(abs(mean - 0.5) < 0.003)  // three standard errors
    #expect(abs(variance - 1.0 / 12) < 0.001)
  }
}
