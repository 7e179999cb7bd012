import AttuneCore

/// The curves of an experiment as its trials report them, in a scheduler's units: larger is better.
struct CurveBook: Sendable {
  /// A trial's curve, and what is known without looking at it.
  struct Entry: Sendable {
    fileprivate(set) var course = Course()
    fileprivate(set) var curve = LearningCurve()
    fileprivate(set) var pace = Pace()
  }

  /// So many curves of each kind are handed to a predictor at most, the newest.
  private static let othersLimit = 500
  private let scale: MeritScale
  private var entries = TrialTable(blank: Entry())
  /// Trials by their first report.
  private var known: [TrialID] = []
  private var completed: [TrialID] = []
  /// The best value of all, larger is better.
  private(set) var best = -Double.infinity
  /// The highest step that any trial has reached.
  private(set) var longest = 0

  init(_ scale: MeritScale) { self.scale = scale }

  subscript(id: TrialID) -> Entry { entries[id] }

  /// Takes in a trial's newest report.
  /// - Returns: whether a multiple of `boundary` has been reached; `nil` when the report lacks the objective.
  mutating func take(_ id: TrialID, _ situation: Situation, boundary: Int) -> Bool? {
    let objective = situation.history.objective
    guard let report = situation.newestReport(of: id), let value = report.metrics[objective.metric] else { return nil }
    let merit = scale.merit(value, objective)
    if entries[id].course.step == 0 { known.append(id) }
    best = max(best, merit)
    longest = max(longest, report.step)
    let attempts = situation.history.trials[id.rawValue - 1].attempts.count
    entries[id].pace.take(step: report.step, elapsed: report.elapsed, attempt: attempts)
    entries[id].curve.add(merit, at: report.step)
    return entries[id].course.come(to: report.step, merit: merit, boundary: boundary)
  }

  /// A trial was suspended: what passes until it goes on is no part of its steps.
  mutating func pause(_ id: TrialID) { entries[id].pace.pause() }

  /// A trial is over; one that is complete teaches most.
  mutating func end(_ id: TrialID, _ situation: Situation) {
    if situation.history.trials[id.rawValue - 1].state == .completed { completed.append(id) }
  }

  /// What is asked about a trial's curve; `nil` when it is empty or there is no step to ask about.
  func request(_ id: TrialID, at steps: [Int], target: Double?) -> CurveRequest? {
    let curve = entries[id].curve
    guard let last = curve.steps.last else { return nil }
    let ahead = steps.filter { $0 > last }
    return ahead.isEmpty ? nil : CurveRequest(trial: id, curve: curve, others: others(than: id), steps: ahead, target: target)
  }

  /// The newest curves that came to their end, and the newest of all others.
  private func others(than id: TrialID) -> [LearningCurve] {
    let whole = completed.suffix(Self.othersLimit)
    let taken = Set(whole)
    return (whole + known.suffix(Self.othersLimit).filter { !taken.contains($0) }).filter { $0 != id }.map { entries[$0].curve }
  }
}

extension LearningCurve {
  /// The usual distance of two values.
  var stride: Int {
    guard let first = steps.first, let last = steps.last else { return 1 }
    return steps.count < 2 ? first : max(1, (last - first + (steps.count - 1) / 2) / (steps.count - 1))
  }

  /// The steps at which it will have values up to a horizon; of more than `limit` an even choice, the last among them.
  func stepsAhead(through horizon: Int, limit: Int) -> [Int] {
    guard let last = steps.last else { return [] }
    let count = (horizon - last) / stride
    guard count > limit else { return count < 1 ? [] : (1...count).map { last + $0 * stride } }
    return (1...limit).map { last + ($0 * count / limit) * stride }
  }
}
