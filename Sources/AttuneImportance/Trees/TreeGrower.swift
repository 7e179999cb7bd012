/// Grows one tree at a time on residuals: the best cut of each node by the squares it explains, to a fixed depth.
struct TreeGrower: Sendable {
  /// Cuts from the root to a leaf: what two parameters do together can be seen, and nothing beyond. Deeper trees need more trials than
  /// people have, and give weak parameters' shares to strong ones.
  static let depth = 2

  /// A part of an axis: bins `lower ..< upper`.
  struct Bound: Hashable, Sendable {
    let axis: Int
    var lower: Int
    var upper: Int
  }

  /// A box, and the rows that fall into it: of those that were learnt from, and of those held out.
  struct Leaf: Sendable {
    var bounds: [Bound] = []
    var value = 0.0
    var learnt: Range<Int>
    var held: Range<Int>
  }

  /// The bins of all rows, an axis after the other.
  private let columns: [UInt8]
  private let rowCount: Int
  private let binCounts: [Int]
  /// Axes that always exist first: of two cuts that explain the same the parent's counts, not that of what depends on it.
  private let order: [Int]
  /// Rows that a leaf must have.
  private let minimum: Int

  init(_ axes: [ImportanceAxis], rows: Int) {
    columns = axes.flatMap(\.bins)
    rowCount = rows
    binCounts = axes.map(\.count)
    order = axes.indices.filter { axes[$0].absent == nil } + axes.indices.filter { axes[$0].absent != nil }
    minimum = min(10, max(2, rows / 25))
  }

  /// - Parameters:
  ///   - residuals: of every row.
  ///   - learnt: row numbers, reordered so that each leaf's stand together.
  ///   - held: the same of rows that the tree is not grown on.
  func grow(_ residuals: [Double], learnt: inout [Int32], held: inout [Int32]) -> [Leaf] {
    var open = [Leaf(learnt: learnt.indices, held: held.indices)]
    for _ in 0..<Self.depth {
      open = open.flatMap { node -> [Leaf] in
        guard let cut = bestCut(of: node, residuals, learnt) else { return [node] }
        let learntMiddle = partition(&learnt, node.learnt, cut)
        let heldMiddle = partition(&held, node.held, cut)
        var low = node
        var high = node
        low.learnt = node.learnt.lowerBound..<learntMiddle
        high.learnt = learntMiddle..<node.learnt.upperBound
        low.held = node.held.lowerBound..<heldMiddle
        high.held = heldMiddle..<node.held.upperBound
        low.bound(cut.axis, to: 0..<cut.bin)
        high.bound(cut.axis, to: cut.bin..<binCounts[cut.axis])
        return [low, high]
      }
    }
    for index in open.indices {
      let sum = learnt[open[index].learnt].reduce(0.0) { $0 + residuals[Int($1)] }
      open[index].value = sum / Double(open[index].learnt.count + 1)
    }
    return open
  }

  /// Bins below `bin` go to the left.
  private struct Cut {
    let axis: Int
    let bin: Int
  }

  private func bestCut(of node: Leaf, _ residuals: [Double], _ learnt: [Int32]) -> Cut? {
    guard node.learnt.count >= 2 * minimum else { return nil }
    let total = learnt[node.learnt].reduce(0.0) { $0 + residuals[Int($1)] }
    let count = node.learnt.count
    // What is gained by rounding only is no cut.
    var best = (cut: Cut?.none, gain: total * total / Double(count + 1) * (1 + 1e-9) + 1e-300)
    withUnsafeTemporaryAllocation(of: (sum: Double, count: Int).self, capacity: 256) { cells in
      for axis in order where binCounts[axis] > 1 {
        cells.initialize(repeating: (0, 0))
        columns.withUnsafeBufferPointer { columns in
          residuals.withUnsafeBufferPointer { residuals in
            learnt.withUnsafeBufferPointer { learnt in
              let start = axis * rowCount
              for position in node.learnt {
                let row = Int(learnt[position])
                let bin = Int(columns[start + row])
                cells[bin].sum += residuals[row]
                cells[bin].count += 1
              }
            }
          }
        }
        var (sum, below) = (0.0, 0)
        for bin in 0..<(binCounts[axis] - 1) {
          sum += cells[bin].sum
          below += cells[bin].count
          guard cells[bin].count > 0, below >= minimum, count - below >= minimum else { continue }
          let gain = sum * sum / Double(below + 1) + (total - sum) * (total - sum) / Double(count - below + 1)
          if gain > best.gain * (1 + 1e-9) { best = (Cut(axis: axis, bin: bin + 1), gain) }
        }
      }
    }
    return best.cut
  }

  /// - Returns: where the right side begins.
  private func partition(_ rows: inout [Int32], _ range: Range<Int>, _ cut: Cut) -> Int {
    var middle = range.lowerBound
    let start = cut.axis * rowCount
    for position in range where Int(columns[start + Int(rows[position])]) < cut.bin {
      rows.swapAt(position, middle)
      middle += 1
    }
    return middle
  }
}

extension TreeGrower.Leaf {
  fileprivate mutating func bound(_ axis: Int, to range: Range<Int>) {
    if let known = bounds.firstIndex(where: { $0.axis == axis }) {
      bounds[known].lower = max(bounds[known].lower, range.lowerBound)
      bounds[known].upper = min(bounds[known].upper, range.upperBound)
    } else {
      bounds.append(TreeGrower.Bound(axis: axis, lower: range.lowerBound, upper: range.upperBound))
    }
  }
}
