#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What it is worth to hold a trial, by the step it is at and the value that is expected of it at the last step, when every step has a price
/// and reaching the goal pays 1: it may be given up at any node. The highest price at which it is worth something is its index.
///
/// The expected final value is a martingale: it moves without drift, and how far the model says. A trial has reached the goal when its
/// value has, which at an earlier step is when its expected final value is above the goal by what is usually still gained from there.
/// Found by going back from the last step, for all prices at once.
struct ProspectTable: Sendable {
  private static let cells = 90
  /// Prices of a step, as parts of what the goal pays.
  private static let prices = (0..<26).map { exp(log(1e-5) * (1 - Double($0) / 25)) }
  private static let priceRatio = log(1e-5) / -25

  /// Steps, ascending.
  private let nodes: [Double]
  /// The lower end of the first cell, and the width of all.
  private let low: Double
  private let width: Double
  /// By price, node and cell.
  private var worth: [Float]

  /// - Parameter lowest: the least final value that any trial is expected to have.
  /// - Complexity: O(prices · nodes · cells · cells).
  init(_ model: GainModel, goal: Double, lowest: Double) {
    nodes = Self.nodes(from: model.first, to: model.end)
    let variances = zip(nodes, nodes.dropFirst()).map { model.variance(from: $0, to: $1) }
    let stillGained = nodes.map { step in
      max(model.usualGain(from: step), model.final(level: goal, momentum: model.usualMomentum(at: step), at: step) - goal)
    }
    let top = goal + (stillGained.max() ?? 0)
    let reach = top - goal + 4.5 * variances.reduce(0, +).squareRoot()
    let span = max(min(top - lowest, reach), 1e-9 * max(abs(goal), 1e-9))
    width = span / Double(Self.cells)
    low = top - span
    worth = [Float](repeating: 0, count: Self.prices.count * nodes.count * Self.cells)
    for node in (0..<(nodes.count - 1)).reversed() {
      goBack(to: node, deviation: max(variances[node].squareRoot(), 0.3 * width), barrier: goal + stillGained[node + 1])
    }
  }

  /// The index of a trial, for each step: chances for a price.
  func index(of final: Double, at step: Double) -> Double {
    var node = 0
    while node < nodes.count - 2, nodes[node + 1] <= step { node += 1 }
    let here = index(of: final, node: node)
    if step <= nodes[node] { return here }
    // On the last stretch less of it remains to be paid for.
    if node == nodes.count - 2 { return here * (nodes[node + 1] - nodes[node]) / max(nodes[node + 1] - step, 0.5 * nodes[0]) }
    let share = log(step / nodes[node]) / log(nodes[node + 1] / nodes[node])
    return exp((1 - share) * log(max(here, 1e-12)) + share * log(max(index(of: final, node: node + 1), 1e-12)))
  }

  /// The index of a new trial, for each second: the price of a second at which its first report costs what it is worth to have it.
  /// - Parameters:
  ///   - lots: what new trials are like after it: expected final value, seconds a step.
  ///   - firstCost: seconds until it.
  func fresh(_ lots: [(final: Double, secondsPerStep: Double)], firstCost: Double) -> Double {
    var (low, high) = (log(1e-12), 0.0)
    for _ in 0..<30 {
      let price = exp(0.5 * (low + high))
      let gain = lots.reduce(0) { $0 + worth(of: $1.final, price: price * $1.secondsPerStep) } / Double(lots.count)
      if gain > price * firstCost { low = log(price) } else { high = log(price) }
    }
    return exp(low)
  }

  private static func nodes(from first: Double, to end: Double) -> [Double] {
    var nodes: [Double] = []
    var step = first
    while step < 0.97 * end {
      nodes.append(step)
      step = max(step + first, (1.19 * step).rounded())
    }
    return nodes + [end]
  }

  private mutating func goBack(to node: Int, deviation: Double, barrier: Double) {
    let moves = (-Self.cells...Self.cells).map { move in
      let distance = Double(move) * width
      return Float(
        NormalTail.probability(of: distance - 0.5 * width, mean: 0, deviation: deviation)
          - NormalTail.probability(of: distance + 0.5 * width, mean: 0, deviation: deviation))
    }
    let reach = min(Self.cells, Int((4.3 * deviation / width).rounded(.up)))
    // Behind the last step nothing is worth anything; before it, what is above the barrier has been paid.
    let open = node + 2 == nodes.count ? 0 : min(Self.cells, max(0, Int((barrier - low) / width)))
    let steps = nodes[node + 1] - nodes[node]
    for cell in 0..<Self.cells {
      let hit = Float(NormalTail.probability(of: barrier, mean: low + (Double(cell) + 0.5) * width, deviation: deviation))
      let targets = max(0, cell - reach)..<max(0, cell - reach, min(open, cell + reach + 1))
      for price in Self.prices.indices {
        let row = place(price, node + 1, 0)
        var sum = hit
        for target in targets { sum += moves[target - cell + Self.cells] * worth[row + target] }
        worth[place(price, node, cell)] = max(0, sum - Float(Self.prices[price] * steps))
      }
    }
  }

  private func place(_ price: Int, _ node: Int, _ cell: Int) -> Int { (price * nodes.count + node) * Self.cells + cell }

  /// The cells on both sides of a value, and how far it is to the second; negative below the first cell's middle.
  private func position(_ final: Double) -> Double { (final - low) / width - 0.5 }

  private func worth(_ price: Int, _ node: Int, at position: Double) -> Double {
    let cell = min(Int(position), Self.cells - 2)
    let share = min(1, position - Double(cell))
    return (1 - share) * Double(worth[place(price, node, cell)]) + share * Double(worth[place(price, node, cell + 1)])
  }

  /// At the first node, for any price.
  private func worth(of final: Double, price: Double) -> Double {
    let (position, place) = (position(final), (log(price) - log(Self.prices[0])) / Self.priceRatio)
    guard position >= 0, place < Double(Self.prices.count - 1) else { return 0 }
    let index = max(0, Int(place))
    let share = max(0, min(1, place - Double(index)))
    return (1 - share) * worth(index, 0, at: position) + share * worth(index + 1, 0, at: position)
  }

  private func index(of final: Double, node: Int) -> Double {
    let position = position(final)
    guard position >= 0, let last = Self.prices.indices.last(where: { worth($0, node, at: position) > 0 }) else {
      // Hopeless ones are still told apart.
      return 0.9 * Self.prices[0] * exp(max(position, -1e4) / Double(Self.cells) - 1)
    }
    let rest = worth(last, node, at: position)
    if last == 0 || last == Self.prices.count - 1 { return Self.prices[last] * (1 + rest) }
    // What it is worth falls about as fast with the price beyond the last grid point as before it.
    let slope = (worth(last - 1, node, at: position) - rest) / (Self.prices[last] - Self.prices[last - 1])
    return slope > 0 ? min(Self.prices[last + 1], Self.prices[last] + rest / slope) : Self.prices[last]
  }
}
