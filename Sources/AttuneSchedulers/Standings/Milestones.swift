/// Steps at which trials are compared, with one number for each trial that has passed them: every step that a trial reports, as long as there
/// are not too many.
struct Milestones: Sendable {
  /// Beyond so many every second one is dropped, so that trials with a hundred thousand steps are compared as quickly as others.
  private static let limit = 1024
  /// Ascending.
  private var steps: [Int] = []
  /// What the trials had come to at each of them, the worst first.
  private var rankings: [Ranking<Double>] = []

  /// A trial reports; it had come to `before` at its report at step `last`, 0 for none, and has come to `now`.
  mutating func pass(from last: Int, _ before: Double?, to step: Int, _ now: Double?) {
    var place = index(after: last)
    while place < steps.count, steps[place] < step {
      if let before { rankings[place].insert(before) }
      place += 1
    }
    if place == steps.count || steps[place] != step {
      steps.insert(step, at: place)
      rankings.insert(Ranking(), at: place)
    }
    if let now { rankings[place].insert(now) }
    if steps.count > Self.limit { thin() }
  }

  /// The other trials' numbers at the highest step that is not above `step`, the worst first; `nil` where there is no such step.
  /// - Parameter own: what the trial itself has there; `nil` for nothing.
  func others(at step: Int, own: Double?) -> Others? {
    let place = index(after: step) - 1
    return place < 0 ? nil : Others(all: rankings[place], own: own.map { rankings[place].place(of: $0) })
  }

  /// All numbers but one.
  struct Others {
    fileprivate let all: Ranking<Double>
    fileprivate let own: Int?

    var count: Int { all.count - (own == nil ? 0 : 1) }

    /// The worst come first.
    subscript(place: Int) -> Double { all[own.map { place < $0 } ?? true ? place : place + 1] }

    /// The number in the middle, or the mean of the two.
    var median: Double { count.isMultiple(of: 2) ? (self[count / 2 - 1] + self[count / 2]) / 2 : self[count / 2] }

    /// How many are better than a number that is no worse than one's own.
    func countBetter(than number: Double) -> Int { all.count - all.place(of: number.nextUp) }
  }

  /// The place of the first one above a step.
  private func index(after step: Int) -> Int {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle] <= step { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func thin() {
    steps = steps.indices.filter { !$0.isMultiple(of: 2) }.map { steps[$0] }
    rankings = rankings.indices.filter { !$0.isMultiple(of: 2) }.map { rankings[$0] }
  }
}
