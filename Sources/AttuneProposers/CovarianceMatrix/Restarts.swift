import AttuneMath
import Foundation

/// When a run of the covariance search is over, and how the next one begins.
///
/// Runs with ever larger populations and runs with small ones take turns, as many trials for either kind: BIPOP, Hansen, "Benchmarking a
/// BI-population CMA-ES on the BBOB-2009 function testbed" (2009), which the criteria are from, too.
struct Restarts: Sendable {
  /// How a run begins.
  struct Run: Sendable {
    let population: Int
    let sigma: Double
    /// Trials after which it ends in any case; `nil` for none.
    let limit: Int?
  }

  /// How many runs have ended.
  private(set) var count = 0
  private let coordinates: Int
  private var current: Run
  private var isLarge = true
  private var largest = 0
  private var spent = (large: 0, small: 0)
  private var trials = 0
  /// Best and median value of each generation of this run.
  private var bests: [Double] = []
  private var medians: [Double] = []

  init(coordinates: Int, first: Run) {
    self.coordinates = coordinates
    current = first
  }

  /// The population of published runs, even.
  static func standardPopulation(_ coordinates: Int) -> Int { 2 * Int(((4 + 3 * log(Double(max(1, coordinates)))) / 2).rounded()) }

  /// Takes in a generation.
  /// - Parameter values: of its members, ascending; infinite where a trial has none.
  mutating func note(_ values: [Double]) {
    trials += values.count
    bests.append(values.first ?? .infinity)
    medians.append(values.isEmpty ? .infinity : values[values.count / 2])
  }

  /// Whether the run cannot be expected to find better.
  func isOver(_ strategy: CovarianceStrategy) -> Bool {
    if let limit = current.limit, trials >= limit { return true }
    if strategy.largestDeviation < 1e-9 || strategy.matrix.condition > 1e14 { return true }
    let window = 10 + Int((30 * Double(coordinates) / Double(strategy.population)).rounded(.up))
    guard bests.count > window else { return false }
    let recent = bests.suffix(window)
    if let low = recent.min(), let high = recent.max(), high - low <= 1e-12 * max(abs(low), 1e-12) { return true }
    return isStagnant(over: 120 + 30 * coordinates / strategy.population)
  }

  /// Whether neither best nor median got better from the first to the last third of the last generations.
  private func isStagnant(over least: Int) -> Bool {
    let window = min(max(least, bests.count / 5), 20_000)
    guard bests.count > window else { return false }
    return [bests, medians].allSatisfy { values in
      let recent = Array(values.suffix(window))
      let third = max(1, window / 3)
      return median(recent.suffix(third)) >= median(recent.prefix(third))
    }
  }

  private func median(_ values: ArraySlice<Double>) -> Double { values.sorted()[values.count / 2] }

  /// Ends the run.
  /// - Returns: the next one.
  mutating func next(using random: inout RandomStream) -> Run {
    if isLarge { spent.large += trials } else { spent.small += trials }
    count += 1
    let standard = Self.standardPopulation(coordinates)
    isLarge = count == 1 || spent.large <= spent.small
    if isLarge {
      largest = max(standard, 2 * largest)
      current = Run(population: largest, sigma: 0.2, limit: nil)
    } else {
      let (power, small) = (random.nextUnit(), random.nextUnit())
      let growth = pow(Double(largest) / Double(2 * standard), power * power)
      current = Run(
        population: max(4, 2 * Int(Double(standard) * max(1, growth) / 2)), sigma: 0.2 * pow(10, -2 * small), limit: max(spent.large / 2, 1)
      )
    }
    (trials, bests, medians) = (0, [], [])
    return current
  }
}
