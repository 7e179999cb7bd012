import AttuneCore
import AttuneMath
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@testable import AttuneProposers

@Suite struct GaussianProcessTests {
  /// Nine points on two ordered axes and one without an order, more than a panel of the kernels.
  private static let points = (0..<9).map { number in
    var random = RandomStream(seed: 3, purpose: "points", index: number)
    return [random.nextUnit(), random.nextUnit(), Double(number % 3)]
  }
  private static let values = points.map { $0[0] * $0[0] + ($0[1] - 0.3) * ($0[1] - 0.3) + 0.2 * $0[2] }
  private static let isUnordered = [false, false, true]
  private static let inputs = ModelPoints(points, isUnordered: isUnordered)

  @Test(arguments: Covariance.Kind.allCases) func covariancesAreThoseOfTheFormula(kind: Covariance.Kind) {
    let covariance = Covariance(kind: kind, weights: [3, 0.5, 2])
    let (row, _) = covariance.row(of: Self.points[4], with: Self.inputs)
    let (matrix, _) = covariance.matrices(of: Self.inputs)
    for (index, point) in Self.points.enumerated() {
      let other = Self.points[4]
      let distance = 3 * square(point[0] - other[0]) + 0.5 * square(point[1] - other[1]) + (point[2] == other[2] ? 0 : 2)
      let root = (5 * distance).squareRoot()
      let expected = kind == .gaussian ? exp(-distance / 2) : (1 + root + root * root / 3) * exp(-root)
      #expect(abs(row[index] - expected) < 1e-12, "point \(index)")
      #expect(abs(matrix[min(4, index), max(4, index)] - expected) < 1e-12)
    }
  }

  @Test(arguments: Covariance.Kind.allCases) func slopesOfTheLikelihoodAreItsDifferences(kind: Covariance.Kind) {
    let likelihood = MarginalLikelihood(points: Self.inputs, values: Self.values, prior: HyperparameterPrior(axes: 3))
    let place = [0.4, -0.3, 0.9, -4]
    var slopes: [Double] = []
    _ = likelihood.cost(kind, place, slopes: &slopes)
    var ignored: [Double] = []
    for index in place.indices {
      var up = place, down = place
      up[index] += 1e-5
      down[index] -= 1e-5
      let difference = (likelihood.cost(kind, up, slopes: &ignored) - likelihood.cost(kind, down, slopes: &ignored)) / 2e-5
      #expect(abs(slopes[index] - difference) < 1e-5 * max(1, abs(difference)), "logarithm \(index)")
    }
  }

  @Test(arguments: [InputWarp.Shape(), InputWarp.Shape(a: 0.6, b: -0.4)])
  func predictionsAndTheirSlopesAgree(shape: InputWarp.Shape) throws {
    let warp = InputWarp([InputWarp.Shape(), shape, InputWarp.Shape()])
    let hyperparameters = Hyperparameters(.matern, logarithms: [1, 0.5, 0.2, -6])
    let spacious = ModelPoints(Self.points, isUnordered: Self.isUnordered, spare: 3)
    var process = try #require(GaussianProcess(hyperparameters, warp, points: spacious, values: Self.values))
    process.believe(in: [0.9, 0.1, 1])
    let place = [0.37, 0.52, 1]
    var means = [0.0, 0, 0], variances = [0.0, 0, 0], ignored = [0.0, 0, 0], others = [0.0, 0, 0]
    let found = process.prediction(at: place, meanSlopes: &means, varianceSlopes: &variances)
    let many = process.predictions(at: ModelPoints([place, Self.points[0]], isUnordered: Self.isUnordered))
    #expect(abs(found.mean - many[0].mean) < 1e-9 && abs(found.variance - many[0].variance) < 1e-9)
    #expect(abs(many[1].mean - Self.values[0]) < 0.05)
    for axis in 0..<2 {
      var up = place, down = place
      up[axis] += 1e-5
      down[axis] -= 1e-5
      let above = process.prediction(at: up, meanSlopes: &ignored, varianceSlopes: &others)
      let below = process.prediction(at: down, meanSlopes: &ignored, varianceSlopes: &others)
      #expect(abs(means[axis] - (above.mean - below.mean) / 2e-5) < 1e-5)
      #expect(abs(variances[axis] - (above.variance - below.variance) / 2e-5) < 1e-5)
    }
  }

  @Test func whatIsBelievedIsExpectedAndSure() throws {
    let hyperparameters = Hyperparameters(.gaussian, logarithms: [1, 0.5, 0.2, -9])
    let spacious = ModelPoints(Self.points, isUnordered: Self.isUnordered, spare: 1)
    var process = try #require(GaussianProcess(hyperparameters, points: spacious, values: Self.values))
    let place = ModelPoints([[0.95, 0.05, 2]], isUnordered: Self.isUnordered)
    let before = process.predictions(at: place)[0]
    process.believe(in: place[0])
    let after = process.predictions(at: place)[0]
    #expect(abs(before.mean - after.mean) < 1e-9 && after.variance < before.variance / 10)
  }

  /// Values of log(φ(z) + z Φ(z)) to 13 digits, by arithmetic of 50 digits.
  @Test(arguments: [
    (2.0, 0.6973835457882), (0.0, -0.9189385332047), (-1.0, -2.485121025713), (-4.999, -16.73893981641), (-5.001, -16.7496634489),
    (-40.0, -808.2985683566),
  ])
  func theImprovementIsNeverLost(z: Double, expected: Double) {
    let found = ExpectedImprovement.logarithm(mean: -z, deviation: 1, best: 0)
    #expect(abs(found.value - expected) < 1e-9 * max(1, abs(expected)), "z = \(z): \(found.value)")
    let step = 1e-5
    let ahead = ExpectedImprovement.logarithm(mean: -z + step, deviation: 1, best: 0).value
    #expect(abs((ahead - found.value) / step - found.byMean) < 1e-3 * max(1, abs(found.byMean)))
  }

  @Test func probabilitiesAndNewsHaveTheirSlopes() {
    for z in [-30.0, -5.5, -4.5, -1, 0, 3] {
      let difference = ExpectedImprovement.logProbability(z + 1e-5).value - ExpectedImprovement.logProbability(z - 1e-5).value
      #expect(abs(difference / 2e-5 - ExpectedImprovement.logProbability(z).slope) < 1e-4, "z = \(z)")
    }
    let news = ExpectedImprovement.logNews(variance: 0.3, noise: 0.1)
    let ahead = ExpectedImprovement.logNews(variance: 0.3 + 1e-6, noise: 0.1)
    #expect(abs((ahead.value - news.value) / 1e-6 - news.byVariance) < 1e-4)
    #expect(ExpectedImprovement.logNews(variance: 0.3, noise: 0).value == 0)
  }

  @Test func valuesThatSpanMagnitudesAreWarped() {
    let hyperparameters = HyperparameterPrior(axes: 1).start(.gaussian, axes: 1)
    let places = (0..<20).map { Double($0) / 19 }
    let inputs = ModelPoints(places.map { [$0] }, isUnordered: [false])
    let steep = places.map { exp(14 * $0) }
    let warp = OutputWarp.mostLikely(for: steep, under: hyperparameters, at: inputs)
    #expect(warp.scale != nil)
    let warped = steep.map { warp($0) }
    #expect(zip(warped, warped.dropFirst()).allSatisfy { $0 < $1 })
    #expect(OutputWarp.mostLikely(for: places, under: hyperparameters, at: inputs).scale == nil)
  }

  @Test func anAxisIsStretchedWhereMoreHappensOnIt() throws {
    // Waves that get shorter towards one end.
    func wave(_ x: Double) -> Double { sin(18 * x * x * x) }
    let places = (0..<40).map { (Double($0) + 0.5) / 40 }
    let others = ModelPoints((0..<39).map { [Double($0 + 1) / 40] }, isUnordered: [false])
    var settings = FitSettings(SpaceEncoding(try SearchSpace([Parameter("x", .float(lower: 0, upper: 1))])), warpsAxes: false)
    func fitted() throws -> (model: FittedModel, error: Double) {
      var chain = FitChain()
      let model = chain.model(of: places.map { [$0] }, places.map(wave), settings)
      let inputs = ModelPoints(places.map { [$0] }, isUnordered: [false])
      let process = try #require(
        GaussianProcess(model.hyperparameters, model.axisWarp, points: inputs, values: places.map { model.warp(wave($0)) }))
      let errors = process.predictions(at: others).enumerated().map { abs($1.mean - model.warp(wave(others[$0][0]))) }
      return (model, errors.reduce(0, +))
    }
    let plain = try fitted()
    settings.warpsAxes = true
    let warped = try fitted()
    #expect(warped.model.axisWarp.shapes[0].slope(at: 0.9) > 1.3, "\(warped.model.axisWarp)")
    #expect(warped.model.cost < plain.model.cost - 3 && warped.error < 0.8 * plain.error, "\(plain) \(warped)")
  }

  @Test func axesAreNotStretchedForNothing() {
    let places = (0..<30).map { Double($0) / 29 }
    let inputs = ModelPoints(places.map { [$0] }, isUnordered: [false])
    let hyperparameters = Hyperparameters(.gaussian, logarithms: [2.5, -6])
    let warp = InputWarp(axes: 1).improved(
      hyperparameters, points: inputs, values: places.map { sin(7 * $0) }, isUnordered: [false])
    #expect(warp.isIdentity, "\(warp)")
  }

  @Test func ofManyTrialsThoseAreLookedAtThatTell() {
    // A bad cluster, a good one, and one bad point far from both.
    let bad: [[Double]] = (0..<40).map { [0.001 * Double($0)] }
    let good: [[Double]] = (0..<40).map { [0.5 + 0.001 * Double($0)] }
    let points: [[Double]] = bad + [[1]] + good
    let values: [Double] = points.map { abs($0[0] - 0.52) }
    let order: [Int] = points.indices.sorted { values[$0] < values[$1] }
    let covariance = Covariance(kind: .matern, weights: [4])
    let chosen = Digest.indices(of: points, bestFirst: order, covariance, isUnordered: [false], most: 16)
    #expect(chosen == chosen.sorted() && Set(chosen).count == 16)
    #expect(chosen.contains(40), "the one far from all others")
    #expect(Set(chosen).isSuperset(of: order.prefix(4)) && Set(chosen).isSuperset(of: points.indices.suffix(4)))
    #expect(chosen.contains { $0 < 40 }, "a bad region must not look unknown")
    #expect(Digest.indices(of: points, bestFirst: order, covariance, isUnordered: [false], most: 81) == Array(points.indices))
  }

  private func square(_ x: Double) -> Double { x * x }
}
