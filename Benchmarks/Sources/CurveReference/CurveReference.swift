import AttuneCore
import AttuneSchedulers
import System

/// The predictor `domhan` beside the published program: what it costs, and whether its numbers are the same. Prints a section of
/// Docs/results/curves.md; the argument is the folder of reference files, which are left out with words where they are absent. Fails when a
/// figure is above its limit.
@main struct CurveReference {
  static func main() {
    let folder = CommandLine.arguments.dropFirst().first ?? "../shared/curves"
    var page = Page()
    do {
      let reference = try Reference(folder: folder)
      try measureTimes(reference?.curves["c01_fast_saturating"] ?? Self.invented, into: &page)
      if let reference {
        try comparePosteriors(reference, into: &page)
        try compareFits(reference, into: &page)
        try compareProbabilities(reference, into: &page)
      } else {
        page.skipped = "The comparison with the published program was skipped: no reference files in the folder given."
      }
    } catch {
      say("\(error)")
      exitFailing()
    }
    say(page.text)
    if !page.isWithin { exitFailing() }
  }

  /// A curve to measure times with where no reference is given.
  private static let invented = (1...120).map { (step: Int) -> Double in
    0.8 - 0.6 / Double(step).squareRoot() + 0.005 * Double(step * 7 % 5)
  }

  private static func measureTimes(_ values: [Double], into page: inout Page) throws {
    let cases: [(String, AlgorithmChoice, [Int], Double?)] = [
      ("100 × 700 on 30 points, one step asked", AlgorithmChoice("domhan"), [120], 0.3),
      ("100 × 700 on 30 points, 90 steps asked", AlgorithmChoice("domhan"), Array(31...120), 0.3),
      (
        "100 × 2500 on 30 points, 90 steps asked", AlgorithmChoice("domhan", options: ["steps": 2_500, "burn_in": 500]), Array(31...120),
        nil
      ),
      ("`power` on 30 points, 90 steps asked", AlgorithmChoice("power"), Array(31...120), nil),
    ]
    for (name, choice, steps, limit) in cases {
      var predictor = try CurvePredictorCatalog.make(choice)
      let asked = request(values, steps: steps, target: 0.77)
      _ = predictor.predict(asked)
      var seconds: [Double] = []
      for _ in 0..<7 {
        let start = threadNanoseconds()
        _ = predictor.predict(asked)
        seconds.append((threadNanoseconds() - start) * 1e-9)
      }
      seconds.sort()
      page.add(name, seconds[3], "s of one core, median of 7", limit: limit)
    }
  }

  private static func comparePosteriors(_ reference: Reference, into page: inout Page) throws {
    var worst = 0.0
    for row in reference.rows("reference_theta0_logprob.csv") {
      let point = row[2].split(separator: " ").compactMap { Double($0) }
      let models = row[1].split(separator: " ").compactMap { Reference.models[String($0)] }
      let curve = CombinedCurve(models: models, start: point, Reference.seen, try reference.head(row[0]), last: 120)
      let expected = try number(row[3])
      worst = max(worst, abs(curve.logPosterior(point) - expected) / abs(expected))
    }
    page.add("log posterior at the reference's θ, largest difference over the curves", worst, "of itself", limit: 1e-9)
  }

  private static func compareFits(_ reference: Reference, into page: inout Page) throws {
    let weights = CurveModel.recencyWeights(Reference.seen.count)
    var worst = -1.0
    var plainWorst = -1.0
    var better = 0
    for row in reference.rows("reference_leastsq.csv") {
      guard let model = Reference.models[row[1]] else { continue }
      let expected = try number(row[5])
      let values = try reference.head(row[0])
      let refined = model.refinedFit(Reference.seen, values, weights: weights)?.weightedSquares ?? .infinity
      let plain = model.fit(Reference.seen, values, weights: weights)?.weightedSquares ?? .infinity
      worst = max(worst, refined / expected - 1)
      plainWorst = max(plainWorst, plain / expected - 1)
      if refined < 0.999 * expected { better += 1 }
    }
    page.add("least squares with `refine`, worst excess over the reference's, 110 fits", worst, "of it", limit: 1e-7)
    page.add("least squares with `refine`, fits better by 0.1 % or more", Double(better), "of 110", limit: nil)
    page.add("least squares without, worst excess over the reference's", plainWorst, "of it", limit: nil)
  }

  private static func compareProbabilities(_ reference: Reference, into page: inout Page) throws {
    let rows = reference.rows("reference_mcmc.csv")
    for (steps, seeds) in [(700, 0..<7), (2_500, 0..<5)] {
      var tally = ProbabilityTally()
      for name in reference.curves.keys.sorted() {
        let theirs = rows.filter { $0[0] == name && $0[1] == "\(steps)" }
        let epochs = Set(theirs.compactMap { Int($0[7]) }).sorted()
        for (offset, target) in [0.6, 0.7, 0.75, 0.77, 0.8].enumerated() {
          let asked = request(try reference.values(name), steps: epochs, target: target)
          let ours = try seeds.map { seed in
            var predictor = try CurvePredictorCatalog.make(
              AlgorithmChoice("domhan", options: ["steps": .int(steps), "burn_in": 500, "seed": .int(seed)]))
            return predictor.predict(asked)?.probability ?? []
          }
          for (index, epoch) in epochs.enumerated() {
            let range = theirs.filter { $0[7] == "\(epoch)" }.compactMap { Double($0[11 + offset]) }.sorted()
            tally.add(ours.map { index < $0.count ? $0[index] : .nan }, range)
          }
        }
      }
      tally.report("100 × \(steps)", into: &page)
    }
  }

  private static func request(_ values: [Double], steps: [Int], target: Double) -> CurveRequest {
    let curve = LearningCurve(steps: Array(1...Reference.seen.count), values: Array(values.prefix(Reference.seen.count)))
    return CurveRequest(trial: TrialID(1), curve: curve, steps: steps, target: target)
  }
}

/// How often our probabilities lie within the range of the reference's seeds, widened by 0.05.
private struct ProbabilityTally {
  private var count = 0
  private var inside = 0
  /// The same for the seed that is the default, 3.
  private var insideByDefault = 0
  private var medians = 0
  private var worstMedian = 0.0
  private var worst = 0.0
  private var seeds = 0

  mutating func add(_ ours: [Double], _ theirs: [Double]) {
    guard let low = theirs.first, let high = theirs.last else { return }
    func gap(_ value: Double) -> Double { value.isNaN ? 1 : max(0, low - value, value - high) }
    seeds = ours.count
    count += 1
    inside += ours.count { gap($0) <= 0.05 }
    if ours.count > 3, gap(ours[3]) <= 0.05 { insideByDefault += 1 }
    worst = max(worst, ours.map(gap).max() ?? 0)
    let median = gap(ours.sorted()[ours.count / 2])
    medians += median <= 0.05 ? 1 : 0
    worstMedian = max(worstMedian, median)
  }

  func report(_ name: String, into page: inout Page) {
    page.add(
      "\(name), probabilities: largest distance of the median of \(seeds) seeds from the reference's range", worstMedian, "", limit: 0.05)
    page.add("\(name), probabilities within the range ± 0.05, medians", Double(medians), "of \(count)", limit: nil)
    page.add("\(name), the same, the default seed by itself", Double(insideByDefault), "of \(count)", limit: nil)
    page.add("\(name), the same, every seed by itself", Double(inside), "of \(count * seeds)", limit: nil)
    page.add("\(name), the largest distance of any seed", worst, "", limit: nil)
  }
}
