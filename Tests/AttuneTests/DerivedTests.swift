import AttuneValues
import AttuneWire
import AttuneWireTesting
@testable import Attune
import Synchronization
import Testing

@Suite struct DerivedTests {
  let directory: TemporaryDirectory
  let program: TestProgram
  let rate: LiveVariable<Double>
  let depth: LiveVariable<Int>

  init() throws {
    directory = try TemporaryDirectory()
    program = try TestProgram(directory)
    rate = LiveVariable("rate", 0.5, in: 0...1, registry: program.registry)
    depth = LiveVariable("depth", 2, applies: .atStep, registry: program.registry)
  }

  private func set(_ values: [String: Value]) throws {
    _ = try program.client().request(LiveMethod.setVariables, SetRequest(values: values).json)
  }

  @Test func followsItsSource() throws {
    let half = rate.map { $0 / 2 }
    let words = depth.map { "depth \($0)" }
    #expect(half() == 0.25 && words() == "depth 2")
    try rate.set(0.75)
    #expect(half() == 0.375)
    try set(["depth": 7])
    #expect(words() == "depth 2")
    program.registry.step(1)
    #expect(words() == "depth 7")
  }

  @Test func severalSourcesAreOfOneMoment() throws {
    let seen = Mutex<[String]>([])
    let product = LiveDerived.combining(rate, depth) { rate, depth in
      seen.withLock { $0.append("\(rate) \(depth)") }
      return rate * Double(depth)
    }
    let chained = LiveDerived.combining(product, rate) { $0 - $1 }
    try program.registry.change(reason: "together") {
      $0.set(rate, 0.25)
      $0.set(depth, 8)
    }
    #expect(product() == 2.0 && chained() == 1.75)
    #expect(chained.liveTags == ["rate", "depth"])
    #expect(seen.withLock { $0 } == ["0.5 2", "0.25 8"], "never one new and one old")
    try set(["rate": 1])
    #expect(chained() == 7)
  }

  @Test func replayedValuesAreFollowed() throws {
    let schedule = directory.write(#"{"step":0,"values":{"rate":0.25}}"# + "\n" + #"{"step":2,"values":{"rate":1}}"#, to: "schedule")
    let program = try TestProgram(directory, name: "other", ["ATTUNE_REPLAY": schedule])
    let rate = LiveVariable("rate", 0.5, registry: program.registry)
    let double = rate.map { $0 * 2 }
    #expect(double() == 0.5)
    program.registry.step(2)
    #expect(double() == 2)
  }

  @Test func whatIsGoneIsForgotten() throws {
    let counted = Mutex(0)
    do {
      let half = rate.map { value in
        counted.withLock { $0 += 1 }
        return value / 2
      }
      #expect(half() == 0.25)
    }
    try rate.set(0.1)
    try rate.set(0.2)
    #expect(counted.withLock { $0 } == 1)
    #expect(program.registry.inner.withLock { $0.state.derivations.isEmpty })
  }

  @Test func changesFromManyThreadsEndWithTheLast() async throws {
    let registry = program.registry
    let list = depth.map { Array(repeating: $0, count: 3) }
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        group.addTask { try? registry.change { $0.set(depth, number) } }
      }
    }
    #expect(list() == Array(repeating: depth(), count: 3))
  }
}
