import AttuneCore

/// The trials that can be compared at a budget, and what they were worth there.
struct BudgetRung {
  private struct Entry: Comparable {
    /// How much the outcome constraints were broken there.
    let violation: Double
    /// To be minimised.
    let value: Double
    let index: Int

    static func < (left: Entry, right: Entry) -> Bool {
      (left.violation, left.value, left.index) < (right.violation, right.value, right.index)
    }
  }

  /// The budget.
  let step: Int
  private let observations: [Observation]
  /// Those with a value at the budget, best first.
  private let entries: [Entry]
  /// Indices of those that failed, and of those under way that have not come so far.
  private let rest: [Int]

  /// How many trials have a value at the budget.
  var count: Int { entries.count }

  /// Whether any trial is worth more than another.
  var isTelling: Bool {
    guard let first = entries.first, let last = entries.last else { return false }
    return first.violation < last.violation || first.value < last.value || rest.contains { observations[$0].outcome == .failed }
  }

  /// The highest step that `needed` trials have reached with a finite value of the first objective; `nil` when no step has as many.
  /// - Parameter observations: all of the history: those of other experiments first, then one for each trial.
  init?(_ observations: [Observation], in history: History, needed: Int) {
    let trials = history.prior + history.trials
    var reached: [Int: Int] = [:]
    var rest: [Int] = []
    for (index, observation) in observations.enumerated() where !observation.isTouched && !observation.isOutside {
      let last = trials[index].reports.last { $0.metrics[history.objective.metric]?.isFinite ?? false }
      if let last, trials[index].state != .failed { reached[index] = last.step } else if observation.isCounted { rest.append(index) }
    }
    let steps = reached.values.sorted(by: >)
    guard needed >= 1, steps.count >= needed else { return nil }
    let step = steps[needed - 1]
    var entries: [Entry] = []
    for (index, last) in reached.sorted(by: { $0.key < $1.key }) {
      let reports = Array(trials[index].reports.prefix { $0.step <= step })
      if last >= step, let value = history.objective.value(of: reports) {
        let violation = history.outcomeConstraints.reduce(0) { $0 + $1.violation(in: reports) }
        entries.append(Entry(violation: violation, value: history.objective.goal == .maximize ? -value : value, index: index))
      } else if observations[index].outcome == .pending, observations[index].isCounted {
        rest.append(index)
      }
    }
    self.step = step
    self.observations = observations
    self.entries = entries.sorted()
    self.rest = rest.sorted()
  }

  /// The best of those with a value, best first, and all others.
  /// - Parameters:
  ///   - share: of those with a value, that are good.
  ///   - least: how many are good in any case, while there are as many.
  func split(share: Double, atLeast least: Int) -> (good: [Observation], others: [Observation]) {
    let count = min(max(Int(share * Double(entries.count)), least, 1), entries.count)
    let good = entries.prefix(count).map { observations[$0.index] }
    let others = entries.dropFirst(count).map(\.index) + rest
    return (good, others.suffix(1000).map { observations[$0] })
  }
}

extension Observation {
  /// Whether it is of this experiment, or of another and ended.
  fileprivate var isCounted: Bool { outcome != .pending || trial != nil }
}
