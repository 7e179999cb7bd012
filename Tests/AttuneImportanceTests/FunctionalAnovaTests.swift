import AttuneCore
import AttuneMath
import AttuneTesting
import AttuneValues
import Foundation
import Testing

@testable import AttuneImportance

@Suite struct FunctionalAnovaTests {
  @Test(arguments: [UInt64(1), 2]) func sharesAreThoseOfTheFunction(seed: UInt64) throws {
    let history = try Trials.history(Additive.space(), count: 1000, seed: seed, Additive.value)
    let importance = try FunctionalAnova(history).importance()
    for (share, exact) in zip(importance.shares, try Additive.exactShares()) {
      #expect(abs(share.share - exact) <= 0.03, "seed \(seed): \(share) is not \(exact)")
    }
    #expect((importance.explained ?? 0) > 0.9)
    #expect(importance.remarks.isEmpty && importance.trials == 1000)
  }

  /// (x − ½)(y − ½) has no share but that of the pair; z has none at all.
  @Test func whatTwoDoTogetherIsTheirs() throws {
    let unit = Domain.float(lower: 0, upper: 1)
    let space = try SearchSpace([Parameter("x", unit), Parameter("y", unit), Parameter("z", unit)])
    let history = try Trials.history(space, count: 500, seed: 3) { c in ((c["x"]?.number ?? 0) - 0.5) * ((c["y"]?.number ?? 0) - 0.5) }
    let importance = try FunctionalAnova(history).importance(withPairs: true)
    #expect(importance.pairs.first?.parameters == ["x", "y"])
    #expect((importance.pairs.first?.share ?? 0) > 0.8, "\(importance)")
    #expect(importance.shares.allSatisfy { $0.share < 0.1 }, "\(importance.shares)")
    let total = (importance.shares + importance.pairs).reduce(0) { $0 + $1.share }
    #expect(abs(total - 1) < 1e-9, "shares of one and of two add to 1; got \(total)")
  }

  /// Where a parameter is absent makes the difference, and not what its value is.
  @Test func absenceIsAValueOfItsOwn() throws {
    let space = try SearchSpace([
      Parameter("momentum", .float(lower: 0, upper: 1), when: Expression("solver", isOneOf: ["sgd"])),
      Parameter("solver", .choice(["sgd", "adam", "lbfgs"])),
    ])
    let history = try Trials.history(space, count: 200, seed: 4) { $0["momentum"] == nil ? 0 : 1 }
    let anova = try FunctionalAnova(history)
    let shares = anova.importance().shares.map(\.share)
    #expect(shares[1] > 0.95 && shares[0] < 0.05, "the parent decides, not what depends on it: \(shares)")
    let curve = try anova.curve(of: "momentum")
    #expect(curve.points.last?.value == nil && curve.points.count > 10)
  }

  @Test func aCurveIsInThePersonsOwnUnits() throws {
    let space = try SearchSpace([
      Parameter("width", .int(lower: 1, upper: 8)), Parameter("solver", .choice(["a", "b"])),
      Parameter("noise", .float(lower: 0, upper: 1)),
    ])
    let history = try Trials.history(space, count: 300, seed: 5, goal: .maximize) { configuration in
      10 * (configuration["width"]?.number ?? 0) + (configuration["solver"] == "b" ? 20 : 0)
    }
    let anova = try FunctionalAnova(history)
    let widths = try anova.curve(of: "width")
    #expect(widths.points.map(\.value) == (1...8).map { .int($0) })
    for (index, point) in widths.points.enumerated() {
      #expect(abs(point.mean - (10 * Double(index + 1) + 10)) < 4 && point.deviation < 5, "\(point)")
    }
    let solvers = try anova.curve(of: "solver").points
    #expect(solvers.map(\.value) == ["a", "b"] && abs(solvers[1].mean - solvers[0].mean - 20) < 4, "\(solvers)")
    let error = #expect(throws: ImportanceError.self) { try anova.curve(of: "depth") }
    #expect(error?.description == "there is no parameter 'depth'; the space has width, solver, noise")
  }

  /// A space that was narrowed counts only as far as it goes now.
  @Test func theSameTrialsGiveTheSameShares() throws {
    let history = try Trials.history(ProposerContract.exampleSpace(), count: 80, seed: 6) { $0["hidden"]?.number }
    #expect(try FunctionalAnova(history).importance(withPairs: true) == FunctionalAnova(history).importance(withPairs: true))
  }
}
