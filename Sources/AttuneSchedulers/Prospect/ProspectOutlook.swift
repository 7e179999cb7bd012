/// What can be hoped for, as all trials together let it appear.
struct ProspectOutlook: Sendable {
  /// So many of all planned trials are taken to reach the target at least, whatever the model says.
  private static let winners = 1.0
  /// Without a target, the goal's part of the way from the best value so far to what only the best will reach.
  private static let nearness = 0.25
  /// What can be hoped for of a new trial, for each second of a slot; without end before anything is known, so that new ones come first.
  var fresh = Double.infinity
  private var model: GainModel?
  private var table: ProspectTable?
  /// Seconds that programs need to begin, as their first reports tell.
  private var start = 0.0
  /// The value to be reached.
  private var goal = 0.0

  /// Nothing is known.
  init() {}

  /// - Parameters:
  ///   - trials: all that have reported, at least one.
  ///   - end: their last step.
  ///   - target: larger is better; `nil` for none.
  ///   - planned: how many trials there will be.
  init(_ trials: [ProspectTrial], end: Double, target: Double?, planned: Int) {
    let firsts = trials.map { $0.points[0].value }.sorted()
    let good = firsts[Int(0.7 * Double(firsts.count))]
    let spread = max((firsts[Int(0.9 * Double(firsts.count))] - good) / 0.757, 1e-6 * max(abs(good), 1e-6))
    let first = trials.reduce(.infinity) { min($0, $1.points[0].step) }
    let model = GainModel(
      first: first, end: max(end, 1.5 * first), samples: GainModel.samples(of: trials, first: first), level: good, spread: spread)
    start = Self.start(of: trials)
    // Every trial's first report stands for new ones.
    let starts = trials.map { model.final(level: $0.points[0].value, momentum: nil, at: $0.points[0].step) }
    let finals = trials.map { trial in
      let state = trial.state(at: Double(trial.step))
      return model.final(level: state?.level ?? trial.best, momentum: state?.momentum, at: Double(trial.step))
    }
    let expected = Self.likely(trials, finals, starts, model, planned: planned)
    // Values too far apart to be calculated with: nothing is known, then.
    guard (starts + finals + [expected, model.variance(from: model.first, to: model.end)]).allSatisfy(\.isFinite) else { return }
    self.model = model
    let best = trials.reduce(-.infinity) { max($0, $1.best) }
    goal = target.map { min($0, expected) } ?? best + Self.nearness * max(0, expected - best)
    let table = ProspectTable(model, goal: goal, lowest: min(starts.min() ?? goal, finals.min() ?? goal))
    self.table = table
    let cost = trials.reduce(0) { $0 + $1.firstPace } / Double(trials.count)
    fresh = table.fresh(zip(trials, starts).map { ($1, $0.secondsPerStep(start: start)) }, firstCost: cost * first)
  }

  /// Of the trial as it is now, for each second of a slot; 0 before anything is known.
  func index(of trial: ProspectTrial) -> Double {
    guard let table, let final = final(of: trial) else { return 0 }
    return table.index(of: final, at: Double(trial.step)) / trial.secondsPerStep(start: start)
  }

  /// The probability that it reaches the target; `nil` before anything is known.
  func chance(of trial: ProspectTrial) -> Double? {
    guard let model, let final = final(of: trial) else { return nil }
    let variance = model.variance(from: Double(trial.step), to: model.end)
    return NormalTail.probability(of: goal, mean: final, deviation: variance.squareRoot())
  }

  private func final(of trial: ProspectTrial) -> Double? {
    guard let model, let state = trial.state(at: Double(trial.step)) else { return nil }
    return model.final(level: state.level, momentum: state.momentum, at: Double(trial.step))
  }

  /// The value that as many as `winners` of all planned trials will reach, those that are to come taken for ones like those there are.
  private static func likely(_ trials: [ProspectTrial], _ finals: [Double], _ starts: [Double], _ model: GainModel, planned: Int) -> Double
  {
    struct Guess {
      let mean: Double
      let deviation: Double
      let weight: Double
    }
    let fromStart = model.variance(from: model.first, to: model.end).squareRoot()
    let toCome = Double(max(0, planned - trials.count)) / Double(trials.count)
    let running = zip(trials, finals).filter { !$0.0.isOver }.map { trial, final in
      Guess(mean: final, deviation: model.variance(from: Double(trial.step), to: model.end).squareRoot(), weight: 1)
    }
    let guesses = running + starts.map { Guess(mean: $0, deviation: fromStart, weight: toCome) }
    var low = guesses.reduce(.infinity) { min($0, $1.mean - 5 * $1.deviation) }
    var high = guesses.reduce(-.infinity) { max($0, $1.mean + 8 * $1.deviation) }
    for _ in 0..<40 {
      let middle = 0.5 * (low + high)
      let count = guesses.reduce(0) { $0 + $1.weight * NormalTail.probability(of: middle, mean: $1.mean, deviation: $1.deviation) }
      if count > winners { low = middle } else { high = middle }
    }
    return low
  }

  /// The median of what first reports took longer than later ones, drawn to 0 while few tell.
  private static func start(of trials: [ProspectTrial]) -> Double {
    let extra = trials.filter { $0.points.count > 1 }.map { trial in
      (trial.firstPace - (trial.pace.secondsPerStep ?? trial.firstPace)) * trial.points[0].step
    }.sorted()
    return extra.isEmpty ? 0 : max(0, extra[extra.count / 2]) * Double(extra.count) / Double(extra.count + 1)
  }
}
