import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Testing

@testable import AttuneImportance

@Suite struct QuantileImportanceTests {
  @Test func whatTheBestHaveInCommonCounts() throws {
    let space = try SearchSpace([
      Parameter("narrow", .float(lower: 0, upper: 1)), Parameter("wide", .float(lower: 0, upper: 1)),
      Parameter("solver", .choice(["a", "b", "c", "d"])), Parameter("idle", .int(lower: 1, upper: 10)),
    ])
    let history = try Trials.history(space, count: 400, seed: 1) { c in
      let distances = [("narrow", 4.0), ("wide", 1.0)].map { name, weight in weight * abs((c[name]?.number ?? 0) - 0.3) }
      return distances.reduce(0, +) + (c["solver"] == "b" ? 0 : 2)
    }
    let importance = try QuantileImportance.importance(of: history, quantile: 0.1)
    let shares = importance.shares.map(\.share)
    #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
    #expect(shares[0] > shares[1] && shares[2] > shares[1] && shares[1] > shares[3], "\(shares)")
    #expect(shares[3] < 0.05 && importance.explained == nil)
  }

  /// Two bins by hand: the best tenth has only `b`, of which the whole has half; one trial more is spread over both.
  @Test func theDivergenceOfTwoChoices() throws {
    let space = try SearchSpace([Parameter("s", .choice(["a", "b"])), Parameter("t", .choice(["a", "b"]))])
    var history = History(space: space, objective: Objective(metric: "loss", goal: .minimize))
    for number in 1...40 {
      let isB = number % 2 == 0
      let configuration = Configuration(["s": isB ? "b" : "a", "t": (number / 2) % 2 == 0 ? "b" : "a"])
      var trial = Trial(id: TrialID(number), configuration: configuration, proposer: "test")
      trial.state = .completed
      trial.reports = [Report(step: 1, metrics: ["loss": isB ? Double(number) : 100 + Double(number)], elapsed: 1)]
      history.append(trial)
    }
    // The best four are trials 2, 4, 6, 8: all `b` in s, two and two in t.
    let shares = try QuantileImportance.importance(of: history, quantile: 0.1).shares.map(\.share)
    #expect(abs(shares[0] - 1) < 1e-9 && abs(shares[1]) < 1e-9, "\(shares)")
  }
}
