import CAttuneKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How well the components of a basis explain a curve, under every noise of the grid.
struct CurveFit: Sendable {
  /// Hypotheses of one family: every noise of the grid, with the components weighted by what they explain, or more evenly, by its fourth
  /// root: neighbouring values err alike, so a curve says less than its number of values.
  static let hypotheses = 2 * NoiseGrid.wanders.count * NoiseGrid.deviations.count
  /// Rows of a noise in the table: six of belief, then weights and their fourth roots.
  private static let rows = 8

  private let basis: CurveBasis
  /// For each noise its rows of `count` numbers.
  private var table: [Double]
  /// By family and noise: logarithm of the curve's density.
  private(set) var evidence: [[Double]]
  /// By family and noise: Σ weight and Σ root over the family.
  private var sums: [[(weight: Double, root: Double)]]

  /// - Parameters:
  ///   - values: what was seen, a value for each position of the basis.
  ///   - excluded: components that must not take part.
  init(_ basis: CurveBasis, _ values: [Double], excluding excluded: [Int] = []) {
    self.basis = basis
    let noiseCount = NoiseGrid.wanders.count * NoiseGrid.deviations.count
    let size = Self.rows * basis.count
    var parts = basis.parts
    for component in excluded { parts[component] = -.infinity }
    var evidence = basis.families.map { _ in [Double]() }
    var sums = basis.families.map { _ in [(weight: Double, root: Double)]() }
    table = [Double](unsafeUninitializedCapacity: noiseCount * size) { table, filled in
      filled = noiseCount * size
      guard var place = table.baseAddress else { return }
      for noise in basis.noises {
        let known = noise.sums(of: values)
        for deviation in NoiseGrid.deviations {
          let variance = deviation * deviation
          attune_average_posterior(known.known, basis.count, known.ones, known.values, known.squares, variance, place)
          for (family, range) in basis.families.enumerated() {
            var sum = [0.0, 0.0]
            let largest = attune_average_weights(place, basis.count, parts, range.lowerBound, range.upperBound, &sum)
            evidence[family].append(sum[0] > 0 ? largest + log(sum[0]) + known.constant(variance) : -.infinity)
            sums[family].append((sum[0], sum[1]))
          }
          place += size
        }
      }
    }
    (self.evidence, self.sums) = (evidence, sums)
  }

  /// The weights of all hypotheses, family by family, noise by noise, once the curve is seen.
  /// - Parameter trust: their weights before.
  func weights(trust: [Double]) -> [Double] {
    let logs = zip(trust, logDensities).map { $0 > 0 ? log($0) + $1 : -.infinity }
    let largest = logs.max() ?? -.infinity
    guard largest > -.infinity else { return trust }
    let weights = logs.map { exp($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// By hypothesis: logarithm of the curve's density. Both ways of weighting components have the same.
  var logDensities: [Double] { evidence.flatMap { $0.flatMap { [$0, $0] } } }

  /// By hypothesis: the density of a value at one of the points to come (without powers of 2π).
  func densities(of value: Double, at point: Int) -> [Double] {
    let shapes = (0..<basis.count).map { basis.future[$0 * basis.points + point] }
    var densities: [Double] = []
    for (family, range) in basis.families.enumerated() {
      table.withUnsafeBufferPointer { table in
        guard var place = table.baseAddress else { return }
        var index = 0
        for noise in basis.noises {
          for deviation in NoiseGrid.deviations {
            var sum = [0.0, 0.0]
            let variance = deviation * deviation * (1 + noise.wander * basis.distances[point])
            attune_average_density(place, basis.count, range.lowerBound, range.upperBound, shapes, variance, value, &sum)
            let whole = sums[family][index]
            densities.append(whole.weight > 0 ? sum[0] / whole.weight : 0)
            densities.append(whole.root > 0 ? sum[1] / whole.root : 0)
            place += Self.rows * basis.count
            index += 1
          }
        }
      }
    }
    return densities
  }

  /// The components that count, each with each noise.
  /// - Parameters:
  ///   - weights: of the hypotheses.
  ///   - least: members of a lesser weight are left out, unless there is nobody else who knows all points to come.
  func members(weights: [Double], least: Double) -> [attune_member] {
    var members: [attune_member] = []
    var best: attune_member?
    table.withUnsafeBufferPointer { table in
      for (family, range) in basis.families.enumerated() where !range.isEmpty {
        var index = 0
        for noise in basis.noises {
          for deviation in NoiseGrid.deviations {
            let start = index * Self.rows * basis.count
            let hypothesis = family * Self.hypotheses + 2 * index
            let sum = sums[family][index]
            let whole = sum.weight > 0 ? weights[hypothesis] / sum.weight : 0
            let tempered = sum.root > 0 ? weights[hypothesis + 1] / sum.root : 0
            index += 1
            // No component of the family can weigh more than its two hypotheses.
            guard weights[hypothesis] + weights[hypothesis + 1] >= least / 4 else { continue }
            for component in range {
              func row(_ number: Int) -> Double { table[start + number * basis.count + component] }
              let weight = whole * row(6) + tempered * row(7)
              let isBest = basis.reaches[component] == basis.coming && weight > best?.weight ?? 0
              guard weight >= least || isBest else { continue }
              let member = attune_member(
                weight: weight, level: row(1), rise: row(2), level_variance: row(3), covariance: row(5), rise_variance: row(4),
                variance: deviation * deviation, wander: noise.wander, shape: component, reach: basis.reaches[component])
              if isBest { best = member }
              if weight >= least { members.append(member) }
            }
          }
        }
      }
    }
    if let best, best.weight < least { members.append(best) }
    return members
  }
}
