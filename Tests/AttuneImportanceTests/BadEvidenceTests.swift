import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneImportance

/// What cannot be answered has an answer in words, and what can be is, however bad the values are.
@Suite struct BadEvidenceTests {
  private let space: SearchSpace

  init() throws {
    space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("y", .float(lower: 0, upper: 1))])
  }

  private func error(_ history: History) -> String? {
    let first = #expect(throws: ImportanceError.self) { try FunctionalAnova(history) }
    let second = #expect(throws: ImportanceError.self) { try QuantileImportance.importance(of: history) }
    #expect(first == second)
    return first?.description
  }

  @Test func tooFewTrials() throws {
    var history = try Trials.history(space, count: 12, seed: 1) { $0["x"]?.number }
    for number in 1...3 { history[TrialID(number)].changes = [Change(number: number, step: 1, values: ["x": 0.5], by: "ada")] }
    #expect(
      error(history)
        == "importance needs at least 10 trials that ended by themselves, one of them with a value; there are 9 (3 touched by live changes)"
    )
    #expect(error(try Trials.history(space, count: 20, seed: 1) { _ in nil })?.contains("one of them with a value") == true)
  }

  @Test func nothingDiffers() throws {
    let equal = try Trials.history(space, count: 12, seed: 1) { _ in 3 }
    #expect(error(equal) == "all 12 trials have the same 'loss': no parameter can be seen to make a difference")
    let point = try SearchSpace([Parameter("x", .int(lower: 3, upper: 3))])
    var value = 0.0
    let onePoint = try Trials.history(point, count: 12, seed: 1) { _ in
      value += 1
      return value
    }
    #expect(error(onePoint) == "all 12 trials have the same configuration: no parameter has been varied")
  }

  /// Crashes in a corner are what `x` is important for.
  @Test func failuresCountAsTheWorst() throws {
    let history = try Trials.history(space, count: 200, seed: 2) { c in (c["x"]?.number ?? 0) > 0.7 ? nil : 0.01 * (c["y"]?.number ?? 0) }
    let importance = try FunctionalAnova(history).importance()
    #expect(importance.shares[0].share > 0.3, "\(importance)")
    #expect(importance.remarks.first?.hasSuffix("failed trials count as the worst value seen") == true, "\(importance.remarks)")
  }

  @Test(arguments: [1e300, -1e300, 1e9, .infinity, .nan]) func oneWildValueIsNotEverything(wild: Double) throws {
    var history = try Trials.history(space, count: 200, seed: 3) { $0["x"]?.number }
    history[TrialID(17)].reports = [Report(step: 1, metrics: ["loss": wild], elapsed: 1)]
    let importance = try FunctionalAnova(history).importance()
    #expect(importance.shares[0].share > 0.8, "\(importance)")
    #expect(importance.remarks.count == 1)
    let best = try QuantileImportance.importance(of: history)
    #expect(best.shares[0].share > best.shares[1].share)
  }

  @Test func noiseIsCalledNoise() throws {
    var random = RandomStream(seed: 4, purpose: "noise", index: 0)
    let history = try Trials.history(space, count: 100, seed: 4) { _ in random.nextUnit() }
    let importance = try FunctionalAnova(history).importance()
    #expect((importance.explained ?? 1) < 0.2)
    #expect(importance.remarks.contains { $0.contains("take the shares with care") })
  }

  @Test func manyParametersAndManyChoices() throws {
    let many = try SearchSpace((0..<200).map { Parameter("p\($0)", .float(lower: 0, upper: 1)) })
    let wide = try FunctionalAnova(Trials.history(many, count: 60, seed: 5) { $0["p7"]?.number }).importance()
    #expect(wide.shares.max { $0.share < $1.share }?.parameters == ["p7"])
    let choices = try SearchSpace([
      Parameter("c", .choice((0..<10_000).map { .int($0) })), Parameter("x", .float(lower: 0, upper: 1)),
    ])
    let history = try Trials.history(choices, count: 100, seed: 6) { $0["x"]?.number }
    let shares = try FunctionalAnova(history).importance().shares
    #expect(shares[1].share > 0.8, "\(shares)")
    #expect(try QuantileImportance.importance(of: history).shares.allSatisfy { $0.share.isFinite })
  }

  /// What counts is what may be proposed now; trials outside keep their place, and their values a name.
  @Test func anEditedSpaceIsWeighedAsItIs() throws {
    let wide = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1)), Parameter("s", .choice(["a", "b", "c"]))])
    var history = try Trials.history(wide, count: 200, seed: 4) { $0["s"] == "c" ? 5 : $0["x"]?.number }
    #expect(try FunctionalAnova(history).importance().shares[1].share > 0.9)
    try history.take(.remove("s", values: ["a", "c"]))
    let after = try FunctionalAnova(history)
    #expect(after.importance().shares[0].share > 0.9)
    #expect(Set(try after.curve(of: "s").points.map(\.value)).isSubset(of: ["a", "b", "c"]))
  }
}
