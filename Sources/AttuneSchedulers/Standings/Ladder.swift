/// The steps at which trials are compared: each the same multiple of the one before.
struct Ladder: Sendable {
  private(set) var steps: [Int]
  private let reduction: Int

  /// - Precondition: `first >= 1` and `reduction >= 2`.
  init(first: Int, reduction: Int) {
    precondition(first >= 1 && reduction >= 2, "steps grow from 1 or more by a factor of 2 or more; got \(first) and \(reduction)")
    steps = [first]
    self.reduction = reduction
  }

  /// The highest rung that a trial with so many steps has reached; `nil` below the first.
  mutating func rung(at step: Int) -> Int? {
    while let last = steps.last, last <= step {
      let (next, isTooLarge) = last.multipliedReportingOverflow(by: reduction)
      steps.append(isTooLarge ? .max : next)
    }
    return steps.lastIndex { $0 <= step }
  }
}
