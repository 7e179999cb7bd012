import AttuneCore
import AttuneMath
import AttuneValues
import Foundation
import Testing

@testable import AttuneProposers

@Suite struct EvolutionTests {
  private func mixed() throws -> SearchSpace {
    try SearchSpace([
      Parameter("rate", .float(lower: 1e-5, upper: 1, scale: .log)), Parameter("units", .int(lower: 8, upper: 1024, scale: .log)),
      Parameter("drop", .float(lower: 0, upper: 0.7)), Parameter("solver", .choice(["sgd", "adam", "rms"])),
      Parameter("momentum", .float(lower: 0, upper: 1), when: Expression("solver", isOneOf: ["sgd"])),
      Parameter("batch", .ordinal([16, 32, 64, 128])),
    ])
  }

  private func mixedLoss(_ configuration: Configuration) -> Double {
    func number(_ name: String) -> Double { configuration[name]?.number ?? 0.5 }
    let solvers: [String: Double] = ["sgd": 0.2, "adam": 0, "rms": 0.1]
    let solver = solvers[configuration["solver"]?.description ?? ""] ?? 0
    let rate = log10(number("rate")) + 3
    let size = log2(number("units")) - 7
    let drop = number("drop") - 0.3
    let batch = abs(number("batch") - 64) / 100
    let parts: [Double] = [rate * rate, size * size / 4, 4 * drop * drop, batch, solver]
    return parts.reduce(0, +)
  }

  private func best(_ proposer: String, seed: UInt64, parallel: Int = 1) throws -> Double {
    var search = try SeededSearch(proposer, in: mixed())
    let history = try search.run(100, seed: seed, parallel: parallel) { configuration, _ in ["loss": mixedLoss(configuration)] }
    return history.best?.value ?? .infinity
  }

  @Test func findsBetterThanChance() throws {
    let chance = try (1...UInt64(9)).map { try best("random", seed: $0) }.middle
    for parallel in [1, 8] {
      let found = try (1...UInt64(9)).map { try best("evolution", seed: $0, parallel: parallel) }.middle
      #expect(found < chance / 3, "\(parallel) at a time: \(found) against \(chance)")
    }
  }

  @Test func childrenDifferInFewParametersAndNameAnEndedParent() throws {
    var search = try SeededSearch("evolution", ["population": 10, "tournament": 4], in: mixed())
    let history = try search.run(60, seed: 3, parallel: 4) { configuration, _ in ["loss": mixedLoss(configuration)] }
    #expect(history.trials.prefix(10).allSatisfy { $0.parent == nil } && history.trials.dropFirst(10).allSatisfy { $0.parent != nil })
    var differences: [Int] = []
    for trial in history.trials {
      guard let parent = trial.parent.map({ history[$0] }) else { continue }
      #expect(parent.id.rawValue <= trial.id.rawValue - 4, "trial \(trial.id) descends from \(parent.id), which had not ended")
      let names = Set(parent.configuration.values.keys).intersection(trial.configuration.values.keys)
      differences.append(
        names.count { name in
          let (old, new) = (parent.configuration[name]?.number, trial.configuration[name]?.number)
          guard let old, let new else { return parent.configuration[name] != trial.configuration[name] }
          return abs(old - new) > 1e-9 * abs(old)
        })
    }
    #expect(differences.allSatisfy { $0 >= 1 } && differences.count { $0 == 1 } > 20, "\(differences)")
    var alone = try SeededSearch("evolution", ["population": 10, "inherit": false], in: mixed())
    let orphans = try alone.run(30, seed: 3) { configuration, _ in ["loss": mixedLoss(configuration)] }
    #expect(orphans.trials.allSatisfy { $0.parent == nil })
  }

  @Test func aCrashingCornerIsLeft() throws {
    var search = try SeededSearch("evolution", in: mixed())
    let history = try search.run(90, seed: 1) { configuration, _ in
      configuration["solver"] == "sgd" ? nil : ["loss": mixedLoss(configuration)]
    }
    let failures = history.trials.suffix(50).count { $0.state == .failed }
    #expect(failures <= 8, "\(failures) of the last 50 failed")
  }

  @Test func aSmallSpaceIsGoneThroughBeforeAnythingIsRepeated() throws {
    let space = try SearchSpace([Parameter("a", .int(lower: 1, upper: 5)), Parameter("b", .choice(["x", "y", "z"]))])
    var search = try SeededSearch("evolution", ["population": 4], in: space)
    let history = try search.run(15, seed: 2) { configuration, _ in ["loss": configuration["a"]?.number ?? 0] }
    #expect(Set(history.trials.map(\.configuration)).count == 15)
  }

  /// Zitzler, Deb and Thiele (2000), in six dimensions; the best possible volume up to (1.1, 6) is that of the front g = 1.
  private func volume(_ proposer: String, seed: UInt64, isConcave: Bool) throws -> Double {
    let space = try SearchSpace((0..<6).map { Parameter("x\($0)", .float(lower: 0, upper: 1)) })
    let objectives = ["first", "second"].map { Objective(metric: $0, goal: .minimize) }
    var search = try SeededSearch(proposer, in: space, objectives: objectives)
    let history = try search.run(240, seed: seed) { configuration, _ in
      let x = (0..<6).map { configuration["x\($0)"]?.number ?? 0 }
      let g = 1 + 9 * x.dropFirst().reduce(0, +) / 5
      return ["first": x[0], "second": g * (1 - (isConcave ? pow(x[0] / g, 2) : (x[0] / g).squareRoot()))]
    }
    let points = history.trials.map { trial in objectives.map { history.value(of: trial, for: $0) ?? .infinity } }
    return Hypervolume.value(of: points.filter { $0[0] < 1.1 && $0[1] < 6 }, reference: [1.1, 6])
  }

  @Test(arguments: [false, true]) func comesToAFrontOfTwoObjectives(isConcave: Bool) throws {
    let chance = try (1...UInt64(5)).map { try volume("random", seed: $0, isConcave: isConcave) }.middle
    let found = try (1...UInt64(5)).map { try volume("evolution", seed: $0, isConcave: isConcave) }.middle
    let possible = isConcave ? 1.1 * 6 - 2.0 / 3 : 1.1 * 6 - 1.0 / 3
    #expect(found > 0.85 * possible && found > chance + (possible - chance) / 2, "\(found) against \(chance), of \(possible)")
  }

  /// Constr-Ex of Deb et al. (2002), IV.B.
  @Test func keepsOutcomeConstraints() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0.1, upper: 1)), Parameter("y", .float(lower: 0, upper: 5))])
    var search = try SeededSearch(
      "evolution", in: space, objectives: ["first", "second"].map { Objective(metric: $0, goal: .minimize) },
      constraints: [OutcomeConstraint(metric: "low", .atLeast, 6), OutcomeConstraint(metric: "high", .atLeast, 1)])
    let history = try search.run(160, seed: 5) { configuration, _ in
      let (x, y) = (configuration["x"]?.number ?? 0, configuration["y"]?.number ?? 0)
      return ["first": x, "second": (1 + y) / x, "low": y + 9 * x, "high": 9 * x - y]
    }
    var observations = Observations()
    observations.update(from: history)
    #expect(observations.all.suffix(60).count(where: \.isFeasible) > 40)
    let front = Array(Survivors(observations.all, atMost: 20))
    #expect(front.count(where: \.isFeasible) == 20)
    // The front ends at x = 1, and along 9x + y = 6 where the objectives are small.
    #expect(front.contains { $0.point[0] > 0.85 } && front.contains { $0.point[0] < 0.5 })
  }

  @Test func badNewsIsOrdered() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))])
    var search = try SeededSearch("random", in: space, constraints: [OutcomeConstraint(metric: "memory", .atMost, 1)])
    let metrics: [[String: Double]?] = [
      nil, ["loss": 1, "memory": 3], ["loss": 9, "memory": 2], ["loss": 5, "memory": 1], ["loss": 2, "memory": 0],
    ]
    let history = try search.run(5, seed: 1) { _, trial in metrics[trial.id.rawValue - 1] }
    var observations = Observations()
    observations.update(from: history)
    let order = observations.all.sorted { $0.isFitter(than: $1) }.map { $0.trial?.rawValue }
    #expect(order == [5, 4, 3, 2, 1])
    #expect(Survivors(observations.all, atMost: 4).map { $0.trial?.rawValue } == [5, 4, 3, 2])
  }
}
