/// The variance of an ensemble over the space, taken apart exactly: what each parameter does alone, and two together.
///
/// The mean over all other parameters needs no drawing of points: a leaf is a box, so it adds its value times its measure to the
/// bins of its own interval, and one pass over all leaves, with differences at the ends of the intervals, gives the whole marginal.
/// Source: Hutter, Hoos, Leyton-Brown, "An efficient approach for assessing hyperparameter importance" (ICML 2014).
struct Decomposition: Sendable {
  private let axes: [ImportanceAxis]
  private let leaves: [TreeGrower.Leaf]
  /// Of each leaf.
  private let measures: [Double]
  /// The leaves that are bounded by both of two axes.
  private let leavesOfPairs: [Pair: [Int]]
  /// Over the space.
  let mean: Double

  init(_ ensemble: BoostedForest.Ensemble, _ axes: [ImportanceAxis]) {
    self.axes = axes
    var (leaves, measures) = ([TreeGrower.Leaf](), [Double]())
    for leaf in ensemble.leaves {
      let measure = leaf.bounds.reduce(1) { $0 * axes[$1.axis].measure($1.lower, $1.upper) }
      guard measure > 0 else { continue }
      leaves.append(leaf)
      measures.append(measure)
    }
    (self.leaves, self.measures) = (leaves, measures)
    var pairs: [Pair: [Int]] = [:]
    for (index, leaf) in leaves.enumerated() where leaf.bounds.count == 2 {
      pairs[Pair(leaf.bounds[0].axis, leaf.bounds[1].axis), default: []].append(index)
    }
    leavesOfPairs = pairs
    mean = zip(leaves, measures).reduce(ensemble.base) { $0 + $1.0.value * $1.1 }
  }

  /// The mean over all other parameters, at each bin of one.
  func marginal(_ axis: Int) -> [Double] {
    var steps = [Double](repeating: 0, count: axes[axis].count + 1)
    var elsewhere = 0.0
    for (leaf, measure) in zip(leaves, measures) {
      guard let bound = leaf.bounds.first(where: { $0.axis == axis }) else { continue }
      let height = leaf.value * measure
      elsewhere += height
      steps[bound.lower] += height / axes[axis].measure(bound.lower, bound.upper)
      steps[bound.upper] -= height / axes[axis].measure(bound.lower, bound.upper)
    }
    var sum = mean - elsewhere
    return steps.dropLast().map { step in
      sum += step
      return sum
    }
  }

  /// What one parameter does alone.
  func variance(of axis: Int) -> Double {
    marginal(axis).enumerated().reduce(0) { $0 + axes[axis].weight($1.offset) * ($1.element - mean) * ($1.element - mean) }
  }

  /// What two parameters do together, beyond what each does alone: the variance that is left of their common marginal when the
  /// marginals of both are taken from it. Only leaves bounded by both matter.
  func variance(of first: Int, with second: Int) -> Double {
    guard let common = leavesOfPairs[Pair(first, second)] else { return 0 }
    var grid = Grid(rows: axes[first].count, columns: axes[second].count)
    for index in common {
      let leaf = leaves[index]
      guard let a = leaf.bounds.first(where: { $0.axis == first }), let b = leaf.bounds.first(where: { $0.axis == second }) else {
        continue
      }
      let height = leaf.value * measures[index] / (axes[first].measure(a.lower, a.upper) * axes[second].measure(b.lower, b.upper))
      grid.add(height, rows: a.lower..<a.upper, columns: b.lower..<b.upper)
    }
    return grid.interaction(axes[first].weights, axes[second].weights)
  }

  /// Of the ensemble as a whole: its trees have two cuts from the root to a leaf, so there is nothing that three parameters do together.
  var variance: Double {
    axes.indices.reduce(0) { $0 + variance(of: $1) }
      + leavesOfPairs.keys.sorted().reduce(0) { $0 + variance(of: $1.first, with: $1.second) }
  }
}

extension Decomposition {
  /// Two axes, the lower first.
  struct Pair: Hashable, Comparable, Sendable {
    let first: Int
    let second: Int

    init(_ one: Int, _ other: Int) { (first, second) = (min(one, other), max(one, other)) }

    static func < (left: Pair, right: Pair) -> Bool { (left.first, left.second) < (right.first, right.second) }
  }
}

extension ImportanceAxis {
  func measure(_ lower: Int, _ upper: Int) -> Double { cumulative[upper] - cumulative[lower] }

  var weights: [Double] { zip(cumulative, cumulative.dropFirst()).map { $1 - $0 } }
}
