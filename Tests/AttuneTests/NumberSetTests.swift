import AttuneMath
@testable import Attune
import Testing

@Suite struct NumberSetTests {
  /// Against a set, with numbers that come in any order and touch one another.
  @Test(arguments: 0..<20) func holdsWhatASetHolds(seed: UInt64) {
    var random = RandomStream(seed: seed, purpose: "numbers", index: 0)
    var numbers = NumberSet()
    var expected: Set<Int> = []
    for _ in 0..<300 {
      let number = Int.random(in: 1...200, using: &random)
      numbers.insert(number)
      expected.insert(number)
      #expect((0...201).allSatisfy { numbers.contains($0) == expected.contains($0) }, "seed \(seed)")
    }
  }

  @Test func takesTheLargestNumber() {
    var numbers = NumberSet([3, 1])
    numbers.insert(.max - 1)
    numbers.insert(.max)
    #expect(numbers.contains(.max) && numbers.contains(1) && !numbers.contains(2))
  }
}
