import AttuneCore
import Foundation
import Testing

@Suite struct ResultTests {
  private static let loss = Objective(metric: "loss", goal: .minimize, summary: .last)
  private static let accuracy = Objective(metric: "accuracy", goal: .maximize, target: 0.9, summary: .last)

  private static func reports(_ metrics: [String: Double]...) -> [Report] {
    metrics.enumerated().map { Report(step: $0.offset + 1, metrics: $0.element, elapsed: 1) }
  }

  static let vectors: [([Report], [Double]?)] = [
    (reports(["loss": 1, "accuracy": 0.5], ["loss": 0.5, "accuracy": 0.4]), [0.5, 0.4]),
    (reports(["loss": 1, "accuracy": 0.5], ["loss": 0.5]), [1, 0.5]), (reports(["loss": 1], ["accuracy": 0.5]), nil), (reports(), nil),
    (reports(["loss": 1, "accuracy": 0.5], ["loss": .nan, "accuracy": 0.5]), nil),
  ]

  @Test(arguments: vectors)
  func `the values of one report belong together`(reports: [Report], expected: [Double]?) {
    #expect(Criteria(objectives: [Self.loss, Self.accuracy]).values(of: reports) == expected)
  }

  static let summaries: [(Seeds, [Double?], Bool, Double?)] = [
    (Seeds(summary: .mean), [1, 2, 6], true, 3), (Seeds(summary: .mean), [1, nil], true, nil), (Seeds(summary: .mean), [], true, nil),
    (Seeds(summary: .median), [1, nil, 2], true, 2), (Seeds(summary: .median), [1, nil, 2], false, 1),
    (Seeds(summary: .median), [1, 2, 3, nil], true, 2.5), (Seeds(summary: .median), [1, nil], true, nil),
    (Seeds(summary: .quantile, quantile: 0.25), [1, 2, 3, 4, 5], true, 4),
    (Seeds(summary: .quantile, quantile: 0.25), [1, 2, 3, 4, 5], false, 2),
    (Seeds(summary: .quantile, quantile: 0.25), [1, 2, 3, 4, nil], true, 4),
    (Seeds(summary: .quantile, quantile: 0.2), [1, 2, 3, 4, nil], true, nil), (Seeds(summary: .quantile), [7], true, 7),
  ]

  @Test(arguments: summaries)
  func `a seed without a value is worse than any`(seeds: Seeds, values: [Double?], isLowerBetter: Bool, expected: Double?) {
    #expect(seeds.value(of: values, isLowerBetter: isLowerBetter) == expected)
  }

  private let criteria = Criteria(
    objectives: [loss, accuracy],
    outcomeConstraints: [OutcomeConstraint(metric: "memory", .atMost, 800), OutcomeConstraint(metric: "recall", .atLeast, 0.5)])

  private func result(_ number: Int, _ values: [Double]?, memory: Double? = 1, recall: Double? = 1) -> TrialResult {
    TrialResult(trial: TrialID(number), values: values, bounded: [memory, recall])
  }

  @Test func `what keeps the bounds comes first, then what breaks them least`() {
    let broken = [result(1, [0, 1], memory: 900), result(2, [0.5, 0], memory: 850), result(3, nil), result(4, [0, 0], memory: nil)]
    #expect(criteria.best(of: broken)?.trial.rawValue == 2)
    #expect(criteria.front(of: broken).map(\.trial.rawValue) == [2])
    #expect(criteria.violations(of: broken[0]) == [100, 0] && criteria.violations(of: broken[3]) == [.infinity, 0])
    let kept = broken + [result(5, [3, 0.9]), result(6, [1, 0.5]), result(7, [3, 0.5]), result(8, [1, 0.5], recall: 0.4)]
    #expect(criteria.best(of: kept)?.trial.rawValue == 6)
    #expect(criteria.front(of: kept).map(\.trial.rawValue) == [6, 5])
    #expect(criteria.best(of: [result(1, nil)]) == nil && criteria.front(of: []).isEmpty)
    #expect(criteria.reachesTarget(kept[4]) && !criteria.reachesTarget(kept[5]) && !criteria.reachesTarget(broken[0]))
  }

  @Test func `the hypervolume is between the front and the reference`() {
    let results = [result(1, [1, 0.5]), result(2, [2, 1]), result(3, [0, 2], memory: 900), result(4, nil)]
    #expect(criteria.hypervolume(of: results, reference: [3, 0]) == 2 * 0.5 + 1 * 0.5)
    // Worst seen are 2 and 0.5; extents 2 and 1.5.
    #expect(criteria.reference(for: results)?.map { ($0 * 100).rounded() / 100 } == [2.2, 0.35])
    #expect(criteria.reference(for: []) == nil)
  }

  @Test func `definitions of before several objectives are read`() throws {
    let old = #"""
      {"job":{"command":["x"],"directory":"/","environment":{},"isAuptimizer":false},"limits":{"grace":10,"retries":0},"name":"n",
      "objective":{"goal":"minimize","metric":"loss","summary":"best"},"proposer":{"name":"random","options":{}},
      "resources":{"localSlots":1},"scheduler":{"name":"fifo","options":{}},"seed":1,
      "space":{"constraints":[],"parameters":[{"domain":{"bool":{}},"isLive":false,"name":"x"}]},"suspend":"none"}
      """#
    let definition = try JSONDecoder().decode(ExperimentDefinition.self, from: Data(old.utf8))
    #expect(definition.objectives == [Objective(metric: "loss", goal: .minimize)])
    #expect(definition.outcomeConstraints.isEmpty && definition.seeds == nil)
    var several = definition
    several.objectives = [Self.loss, Self.accuracy]
    several.outcomeConstraints = criteria.outcomeConstraints
    several.seeds = Seeds(tune: 3, test: 0, summary: .quantile, quantile: 0.5)
    #expect(try JSONDecoder().decode(ExperimentDefinition.self, from: JSONEncoder().encode(several)) == several)
    #expect(several.criteria.objectives.count == 2)
  }
}
