import AttuneMath

/// Five ensembles of small trees, each grown without a fifth of the trials, on which it is judged.
///
/// Boosted rather than averaged: full-grown trees that are averaged flatten what many parameters contribute a little to, and give their
/// shares to the strongest; trees that each correct the ones before do not. How many trees there are is decided by what the trials that
/// were held out say, and the same trials say how much of the differences the parameters explain at all.
/// Source: Friedman, "Greedy function approximation: a gradient boosting machine" (2001).
/// - Complexity: O(trials × parameters × trees).
struct BoostedForest: Sendable {
  /// At the most, in one ensemble.
  static let treeLimit = 240
  /// The part of a tree's correction that is taken.
  static let rate = 0.3
  static let foldCount = 5

  /// One of the five.
  struct Ensemble: Sendable {
    let base: Double
    /// Of all trees; the trees are summed, so which belongs to which tree does not matter any more.
    var leaves: [TreeGrower.Leaf]
  }

  let ensembles: [Ensemble]
  /// The part of the held-out trials' variance that is predicted; at most 1, 0 when nothing is.
  let explained: Double

  init(_ evidence: ImportanceEvidence) {
    let count = evidence.values.count
    let grower = TreeGrower(evidence.axes, rows: count)
    var random = RandomStream(seed: 0, purpose: "importance", index: count)
    let order = (0..<Int32(count)).shuffled(using: &random)
    var trees: [[[TreeGrower.Leaf]]] = []
    var bases: [Double] = []
    var errors = [Double](repeating: 0, count: Self.treeLimit + 1)
    for fold in 0..<Self.foldCount {
      let held = order.enumerated().filter { $0.offset % Self.foldCount == fold }.map(\.element)
      let learnt = order.enumerated().filter { $0.offset % Self.foldCount != fold }.map(\.element)
      var growth = Growth(evidence.values, learnt: learnt, held: held)
      for number in 0...Self.treeLimit {
        errors[number] += growth.heldError
        if number < Self.treeLimit { growth.add(by: grower) }
      }
      trees.append(growth.trees)
      bases.append(growth.base)
    }
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    explained = errors[0] > 0 ? 1 - errors[best] / errors[0] : 0
    ensembles = zip(bases, trees).map { Ensemble(base: $0, leaves: $1.prefix(best).flatMap(\.self)) }
  }

  /// An ensemble while it grows.
  private struct Growth {
    let base: Double
    var trees: [[TreeGrower.Leaf]] = []
    private var residuals: [Double]
    private var learnt: [Int32]
    private var held: [Int32]

    init(_ values: [Double], learnt: [Int32], held: [Int32]) {
      let base = learnt.reduce(0.0) { $0 + values[Int($1)] } / Double(learnt.count)
      self.base = base
      residuals = values.map { $0 - base }
      self.learnt = learnt
      self.held = held
    }

    var heldError: Double { held.reduce(0.0) { $0 + residuals[Int($1)] * residuals[Int($1)] } }

    mutating func add(by grower: TreeGrower) {
      var tree = grower.grow(residuals, learnt: &learnt, held: &held)
      for index in tree.indices {
        tree[index].value *= BoostedForest.rate
        for position in tree[index].learnt { residuals[Int(learnt[position])] -= tree[index].value }
        for position in tree[index].held { residuals[Int(held[position])] -= tree[index].value }
      }
      trees.append(tree)
    }
  }
}
