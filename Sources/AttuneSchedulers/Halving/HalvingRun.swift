import AttuneCore

/// One bracket of successive halving under way: its trials race to a step, and when all have come there the best part goes on to the next.
struct HalvingRun: Sendable {
  /// The steps of comparison, the last of them being a trial's end.
  private let steps: [Int]
  private let size: Int
  private let reduction: Int
  private var members = 0
  private var rung = 0
  /// Those that have not come to the next step of comparison yet.
  private var racing: Set<TrialID> = []
  private var arrived: [Standing] = []

  init(steps: [Int], size: Int, reduction: Int) {
    self.steps = steps
    self.size = size
    self.reduction = reduction
  }

  /// Whether it takes another trial.
  var isOpen: Bool { rung == 0 && members < size }

  /// Whether it has a trial and could go on without more.
  var isStalled: Bool { isOpen && racing.isEmpty && !arrived.isEmpty }

  /// The step its trials race to; `nil` for those that go on to their end.
  var goal: Int? { rung < steps.count - 1 ? steps[rung] : nil }

  mutating func join(_ id: TrialID) {
    members += 1
    racing.insert(id)
  }

  /// Whether it is on its way to the next comparison.
  func isRacing(_ id: TrialID) -> Bool { racing.contains(id) }

  /// - Returns: whether all have come.
  mutating func arrive(_ standing: Standing) -> Bool {
    racing.remove(standing.trial)
    arrived.append(standing)
    return isComplete
  }

  /// It is over.
  /// - Returns: whether all others have come now.
  mutating func lose(_ id: TrialID) -> Bool {
    let wasRacing = racing.remove(id) != nil
    arrived.removeAll { $0.trial == id }
    return wasRacing && isComplete
  }

  /// Compares those that have come, and lets the best of them go on.
  mutating func promote() -> (chosen: [TrialID], given: [TrialID]) {
    let ranked = arrived.sorted().map(\.trial)
    let quota = min(ranked.count, max(1, ranked.count / reduction))
    arrived = []
    rung += 1
    let chosen = Array(ranked.prefix(quota))
    if goal != nil { racing = Set(chosen) }
    return (chosen, Array(ranked.dropFirst(quota)))
  }

  private var isComplete: Bool { !isOpen && racing.isEmpty && !arrived.isEmpty }
}
