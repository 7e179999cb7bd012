import AttuneMath
import CAttuneKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Draws from a density by an ensemble of walkers that stretch towards each other: no step size to choose, whatever the scales of the axes.
///
/// Every step cuts the ensemble into halves at random and moves one after the other, each against the other half at rest, as emcee does, so that
/// the density is asked for half of the walkers at once.
/// When not to use it: with fewer walkers than twice the dimensions, and where dozens of dimensions have to be explored thoroughly:
/// acceptance falls to a few per cent there.
/// Source: Goodman and Weare, "Ensemble samplers with affine invariance" (2010), the stretch move with a = 2; Foreman-Mackey et al., "emcee:
/// the MCMC hammer" (2013).
struct StretchSampler: Sendable {
  /// Where the walkers are.
  private(set) var walkers: SampleTable
  /// The logarithm of the density at each.
  private(set) var logDensities: [Double]
  /// Moves that were accepted.
  private(set) var accepted = 0
  private var random: RandomStream
  private var order: [Int]
  private var proposals: SampleTable
  private var proposedDensities: [Double]

  /// - Parameters:
  ///   - start: the walkers' places; an even number of them.
  ///   - density: the logarithm of the density for each column of a table, −∞ where it is 0.
  init(start: SampleTable, random: RandomStream, density: (SampleTable, inout [Double]) -> Void) {
    precondition(start.columns.isMultiple(of: 2), "walkers are cut into halves; got \(start.columns)")
    walkers = start
    self.random = random
    order = Array(0..<start.columns)
    proposals = SampleTable(columns: start.columns / 2, dimensions: start.dimensions)
    proposedDensities = [Double](repeating: -.infinity, count: proposals.stride)
    logDensities = [Double](repeating: -.infinity, count: start.stride)
    density(start, &logDensities)
  }

  /// Moves every walker once, or leaves it where it is.
  mutating func step(density: (SampleTable, inout [Double]) -> Void) {
    let half = proposals.columns
    for place in 0..<half { order.swapAt(place, Int.random(in: place..<order.count, using: &random)) }
    for side in [0, half] { move(Array(order[side..<side + half]), Array(order[half - side..<2 * half - side]), density) }
  }

  private mutating func move(_ movers: [Int], _ resting: [Int], _ density: (SampleTable, inout [Double]) -> Void) {
    let stretches = movers.map { _ in
      let root = 1 + random.nextUnit()
      return root * root / 2
    }
    let partners = movers.map { _ in resting[Int(random.nextUnit() * Double(resting.count))] }
    attune_stretch(
      walkers.elements, walkers.stride, walkers.dimensions, movers, partners, stretches, movers.count, &proposals.elements, proposals.stride
    )
    density(proposals, &proposedDensities)
    for (index, walker) in movers.enumerated() {
      let gain = proposedDensities[index] - logDensities[walker] + Double(walkers.dimensions - 1) * log(stretches[index])
      guard gain > log(random.nextUnit()) else { continue }
      accepted += 1
      logDensities[walker] = proposedDensities[index]
      for row in 0..<walkers.dimensions {
        walkers.elements[row * walkers.stride + walker] = proposals.elements[row * proposals.stride + index]
      }
    }
  }
}
