extension CombinedCurve {
  /// The mixture of normal distributions that draws from the posterior make at each position.
  /// - Parameters:
  ///   - samples: draws, one a column.
  ///   - positions: above 0.
  /// - Returns: `nil` when at some position no draw is a number.
  func predict(_ samples: SampleTable, at positions: [Double], target: Double?) -> (
    mean: [Double], deviation: [Double], probability: [Double]
  )? {
    var tallies = [Tally](repeating: Tally(), count: positions.count)
    let noise = parameterCount * samples.stride
    eachEight(samples, at: positions) { first, means in
      for lane in 0..<min(8, samples.columns - first) {
        let deviation = samples.elements[noise + first + lane]
        for index in tallies.indices { tallies[index].add(means[8 * index + lane], deviation, target) }
      }
    }
    guard tallies.allSatisfy({ $0.count > 0 }) else { return nil }
    let answer = (tallies.map(\.mean), tallies.map(\.deviation), target == nil ? [] : tallies.map(\.probability))
    return (answer.0 + answer.1).allSatisfy(\.isFinite) ? answer : nil
  }
}

/// Sums over normal distributions, each as likely as the other.
private struct Tally {
  private(set) var count = 0.0
  /// Differences are taken from the first mean, so that squares of large numbers do not cancel.
  private var origin = 0.0
  private var sum = 0.0
  private var squares = 0.0
  private var variances = 0.0
  private var chances = 0.0

  mutating func add(_ mean: Double, _ deviation: Double, _ target: Double?) {
    guard mean.isFinite else { return }
    if count == 0 { origin = mean }
    count += 1
    sum += mean - origin
    squares += (mean - origin) * (mean - origin)
    variances += deviation * deviation
    if let target { chances += NormalTail.probability(of: target, mean: mean, deviation: deviation) }
  }

  var mean: Double { origin + sum / count }
  var deviation: Double { (max(0, squares / count - (sum / count) * (sum / count)) + variances / count).squareRoot() }
  var probability: Double { min(1, chances / count) }
}
