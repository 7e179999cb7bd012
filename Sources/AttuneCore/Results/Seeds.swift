/// With how many seeds every configuration is tried, and how what they say becomes one value.
///
/// Where a result depends on the script's random numbers, the best of many single runs is the luckiest. Every configuration is therefore
/// run with the same `tune` seeds, and the best one in the end with `test` others, whose values nothing was chosen by.
/// Source: Eimer, Lindauer and Raileanu, "Hyperparameters in reinforcement learning and how to tune them" (ICML 2023).
public struct Seeds: Hashable, Sendable, Codable {
  /// How the values of several seeds become one.
  public enum Summary: String, Sendable, Codable, CaseIterable { case mean, median, quantile }

  /// Seeds of every configuration, at least 1.
  public let tune: Int
  /// Other seeds, with which the best configuration is run in the end; 0 for none.
  public let test: Int
  /// How the values of several seeds become one.
  public let summary: Summary
  /// For `Summary.quantile`: the share of seeds that are no better than the value, above 0 and below 1. A small one is cautious.
  public let quantile: Double

  /// - Precondition: `tune >= 1`, `test >= 0` and `0 < quantile < 1`.
  public init(tune: Int = 5, test: Int = 10, summary: Summary = .mean, quantile: Double = 0.25) {
    precondition(tune >= 1 && test >= 0, "a configuration is tuned with 1 seed or more and tested with 0 or more; got \(tune) and \(test)")
    precondition(quantile > 0 && quantile < 1, "a quantile is a share between 0 and 1; got \(quantile)")
    self.tune = tune
    self.test = test
    self.summary = summary
    self.quantile = quantile
  }

  /// What the values of several seeds come to.
  ///
  /// A seed without a value, as of a failed replica, is worse than any value: the mean is then none either, while a median and a quantile
  /// bear as many as they leave on the bad side.
  /// - Parameter isLowerBetter: which end is the bad one.
  /// - Returns: `nil` for no values, and where a missing one is part of the answer.
  public func value(of values: [Double?], isLowerBetter: Bool) -> Double? {
    guard !values.isEmpty else { return nil }
    if summary == .mean {
      let known = values.compactMap(\.self)
      return known.count == values.count ? known.reduce(0, +) / Double(known.count) : nil
    }
    let costs = values.map { value in value.map { isLowerBetter ? $0 : -$0 } ?? .infinity }.sorted()
    let place = (1 - (summary == .median ? 0.5 : quantile)) * Double(costs.count - 1)
    let lower = costs[Int(place)]
    let upper = costs[min(Int(place) + 1, costs.count - 1)]
    let share = place - place.rounded(.down)
    let cost = share == 0 ? lower : lower + share * (upper - lower)
    return cost.isFinite ? (isLowerBetter ? cost : -cost) : nil
  }
}
