import AttuneCore
import AttuneMath
import AttuneValues
import Foundation
import Testing

@testable import AttuneProposers

@Suite struct ParzenEstimatorTests {
  @Test func tabulatedNormalDistributionIsExactEnough() {
    for z in stride(from: -9.0, through: 9, by: 0.0137) {
      #expect(abs(NormalTable.probability(below: z) - 0.5 * erfc(-z / 2.0.squareRoot())) < 1e-6, "at \(z)")
    }
  }

  /// The density of every kind of axis adds up to 1, also when the space was narrowed.
  @Test(arguments: [false, true]) func densitiesAddUpToOne(isNarrowed: Bool) throws {
    for parameter in [
      Parameter("p", .float(lower: 0, upper: 1)), Parameter("p", .int(lower: 1, upper: 12)),
      Parameter("p", .int(lower: 1, upper: 12, scale: .log)),
      Parameter("p", .choice([1, 3, 5, 8])), Parameter("p", .choice((0..<40).map { .int($0) })),
    ] {
      var space = try SearchSpace([parameter])
      if isNarrowed {
        switch parameter.domain {
        case .float: space = try SpaceEdit.narrow("p", lower: 0.2, upper: 0.7).applied(to: space)
        case .int: space = try SpaceEdit.narrow("p", lower: 3, upper: 9).applied(to: space)
        default: space = try SpaceEdit.remove("p", values: [1]).applied(to: space)
        }
      }
      let points = [3, 5, 8].map { value in
        observation(space, ["p": parameter.domain == .float(lower: 0, upper: 1) ? .float(Double(value) / 12) : .int(value)])
      }
      let shapes = [KernelShape(space.parameters[0], bandwidth: 0.1, mixing: 0.5)]
      let density = KernelDensity(points, weights: [1, 2, 3], uniformWeight: 0.5, shapes: shapes, in: space)
      var scratch: [Double] = []
      var total = 0.0
      let range = space.axes[0].range
      let width = (range.upperBound - range.lowerBound) / 4000
      let cells = (0..<4000).map { (index: Int) -> Double in range.lowerBound + (Double(index) + 0.5) * width }
      let units = space.parameters[0].units
      for unit in units ?? cells {
        total += (units == nil ? width : 1) * exp(density.logarithm(at: [unit], isActive: nil, scratch: &scratch))
      }
      #expect(abs(total - 1) < 1e-4, "\(parameter.domain), narrowed: \(isNarrowed)")
    }
  }

  /// Along a parameter that it lacks, a kernel is uniform.
  @Test func kernelsAreUniformWhereTheyKnowNothing() throws {
    let space = try SearchSpace([
      Parameter("c", .choice(["a", "b"])), Parameter("x", .float(lower: 0, upper: 1), when: Expression("c", isOneOf: ["b"])),
    ])
    let shapes = space.parameters.map { KernelShape($0, bandwidth: 0.05, mixing: 0.5) }
    let density = KernelDensity([observation(space, ["c": "a"])], weights: [1], uniformWeight: 1, shapes: shapes, in: space)
    var scratch: [Double] = []
    let heights = [0.1, 0.5, 0.9].map { density.logarithm(at: [0.75, $0], isActive: [true, true], scratch: &scratch) }
    #expect(heights.allSatisfy { abs($0 - heights[0]) < 1e-12 })
    #expect(abs(exp(heights[0]) - 0.5 * 0.25 - 0.5 * 0.5) < 1e-12)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func drawsFollowTheDensity(seed: UInt64) throws {
    let space = try SearchSpace([Parameter("n", .int(lower: 1, upper: 6)), Parameter("x", .float(lower: 0, upper: 1))])
    let points = [observation(space, ["n": 2, "x": 0.05]), observation(space, ["n": 5, "x": 0.6])]
    let shapes = space.parameters.map { KernelShape($0, bandwidth: 0.1, mixing: 0.5) }
    let density = KernelDensity(points, weights: [3, 1], uniformWeight: 1, shapes: shapes, in: space)
    var random = RandomStream(seed: seed, purpose: "test", index: 0)
    let draws = (0..<2000).map { _ in density.sample(widening: 1, using: &random) }
    var scratch: [Double] = []
    for value in 0..<6 {
      let unit = (Double(value) + 0.5) / 6
      var share = 0.0
      for cell in 0..<500 {
        share += exp(density.logarithm(at: [unit, (Double(cell) + 0.5) / 500], isActive: nil, scratch: &scratch)) / 500
      }
      let drawn = Double(draws.count { Int($0[0] * 6) == value }) / 2000
      #expect(abs(share - drawn) < 0.04, "seed \(seed), value \(value): \(share), drawn \(drawn)")
    }
    #expect(draws.allSatisfy { (0...1).contains($0[1]) })
  }

  @Test func failedAndInfeasibleTrialsAreNotGoodOnes() throws {
    let space = try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))])
    var history = History(
      space: space, objectives: [Objective(metric: "loss", goal: .minimize)],
      outcomeConstraints: [OutcomeConstraint(metric: "memory", .atMost, 1)])
    var ranking = TrialRanking()
    func add(_ loss: Double?, memory: Double) {
      let id = TrialID(history.trials.count + 1)
      var trial = Trial(id: id, configuration: Configuration(["x": .float(Double(id.rawValue) / 20)]), proposer: "tpe")
      trial.state = loss == nil ? .failed : .completed
      trial.reports = [Report(step: 1, metrics: ["loss": loss ?? 0, "memory": memory], elapsed: 0)]
      history.append(trial)
      ranking.update(from: history, remembersPoints: false)
    }
    add(nil, memory: 0)
    #expect(ranking.split(good: 5, others: 9).good.isEmpty && !ranking.hasValues)
    add(0, memory: 3)
    add(1, memory: 2)
    #expect(ranking.split(good: 2, others: 9).good.map(\.trial) == [TrialID(3), TrialID(2)])
    add(9, memory: 1)
    add(8, memory: 0)
    let (good, others) = ranking.split(good: 4, others: 2)
    #expect(good.map(\.trial) == [TrialID(5), TrialID(4)] && others.map(\.trial) == [TrialID(3), TrialID(2)])
  }

  /// (1, 4), (2, 2), (4, 1) are the front; (2, 2) has most for itself, and units do not matter.
  @Test func ordersFrontByFront() {
    let points = [[5, 5], [1, 4e300], [2, 2], [4, -7], [9, 9e300]]
    #expect(Set(ParetoOrder.best(3, of: points)) == [1, 2, 3])
    #expect(ParetoOrder.best(9, of: points).last == 4)
    #expect(ParetoOrder.best(1, of: points) == ParetoOrder.best(1, of: points.map { [$0[0] * 1000, $0[1] / 1e6] }))
  }

  private func observation(_ space: SearchSpace, _ values: [String: Value]) -> Observation {
    var trial = Trial(id: TrialID(1), configuration: Configuration(values), proposer: "ada")
    trial.state = .completed
    var observations = Observations()
    observations.update(from: History(space: space, objective: Objective(metric: "loss", goal: .minimize), trials: [trial]))
    return observations.all[0]
  }
}
