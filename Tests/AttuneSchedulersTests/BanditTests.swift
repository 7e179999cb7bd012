import AttuneCore
import AttuneMath
import AttuneValues
import Testing

@testable import AttuneSchedulers

/// The model by which `pb2` chooses, and its choices.
@Suite struct BanditTests {
  private static func data(_ count: Int) -> [DriftingProcess.Datum] {
    (0..<count).map { index in
      let place = (Double(index) + 0.5) / Double(count)
      return .init(place: [place], time: Double(index % 4), value: 3 - (place - 0.3) * (place - 0.3))
    }
  }

  @Test func expectsMoreWhereMoreWasGained() throws {
    let process = try #require(DriftingProcess(Self.data(12)))
    #expect(process.mean(at: [0.3], 4) > process.mean(at: [0.6], 4))
    #expect(process.mean(at: [0.6], 4) > process.mean(at: [0.95], 4))
  }

  @Test func isSurerOfWhatIsUnderWay() throws {
    let process = try #require(DriftingProcess(Self.data(4)))
    let alone = try #require(process.deviation(knowing: []))
    let crowded = try #require(process.deviation(knowing: [([0.95], 4)]))
    #expect(crowded([0.95], 4) < alone([0.95], 4))
    #expect(alone([0.95], 4) <= 1 && crowded([0.05], 4) <= alone([0.05], 4) + 1e-9)
  }

  @Test(arguments: [[], [1], [2, 2, 2]] as [[Double]]) func whatSaysNothingGivesNoModel(values: [Double]) {
    #expect(DriftingProcess(values.map { .init(place: [0.5], time: 0, value: $0) }) == nil)
  }

  @Test(arguments: UInt64(1)...10) func choosesWhereMostIsPromised(seed: UInt64) throws {
    let space = try SearchSpace(
      [
        Parameter("rate", .float(lower: 0.001, upper: 1, scale: .log), isLive: true), Parameter("kind", .choice(["a", "b"]), isLive: true),
      ],
      constraints: [try Expression("rate <= 0.5")])
    var explorer = BanditExplorer()
    var random = RandomStream(seed: seed, purpose: "test", index: 0)
    let moved: Set<String> = ["rate", "kind"]
    let base = Configuration(["rate": 0.1, "kind": "b"])
    #expect(explorer.chosen(from: base, pending: [], time: 1, in: space, among: moved, using: &random) == nil, "nothing is known")
    for index in 0..<40 {
      let unit = random.nextUnit()
      var configuration = base
      configuration["rate"] = space.parameters[0].value(atUnit: unit)
      let gain = index == 7 ? -.infinity : 1 - 4 * (unit - 0.4) * (unit - 0.4)
      explorer.note(gain: gain, of: configuration, time: Double(index / 10), in: space, among: moved)
    }
    var twin = random
    let chosen = try #require(explorer.chosen(from: base, pending: [], time: 5, in: space, among: moved, using: &random))
    let unit = try #require(space.parameters[0].unit(of: chosen["rate"] ?? 0))
    #expect((0.15...0.65).contains(unit) && chosen["kind"] == "b", "seed \(seed): \(unit)")
    #expect(try space.validate(chosen) == chosen)
    #expect(explorer.chosen(from: base, pending: [], time: 5, in: space, among: moved, using: &twin) == chosen)
  }
}
