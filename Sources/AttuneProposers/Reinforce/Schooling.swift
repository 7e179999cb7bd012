import AttuneCore
import AttuneMath

/// What a controller has learnt from a history: a fold over batches of trials, by number, kept as far as the history has not changed.
///
/// A batch is learnt from when all of its trials have ended. One that does not end is waited for until so many later ones have ended that
/// two batches could be made of them, and learnt from, with all that followed, should it end after all.
///
/// With every batch, half as many of the best trials before it are gone through again, so that a rare success is not forgotten: Oh, Guo, Singh
/// and Lee, "Self-imitation learning" (ICML 2018).
struct Schooling: Sendable {
  /// How a controller learns.
  struct Manner: Hashable, Sendable {
    var batch: Int
    /// Times that a batch is gone through.
    var passes: Int
    var rate: Float
    var entropy: Float
    /// How much of the old baseline is kept after a batch.
    var memory: Float
  }

  /// Batches whose trials a reward is compared with.
  private static let window = 8
  /// States kept to go back to when an earlier trial ends late.
  private static let kept = 8

  private struct State: Sendable {
    var controller: Controller
    var baseline: Float
    /// Batches that are behind it.
    var lessons: Int
  }

  private let manner: Manner
  private var states: [State] = []

  init(_ manner: Manner) { self.manner = manner }

  /// The controller after all that can be learnt now.
  /// - Parameters:
  ///   - start: makes the controller that has learnt nothing.
  ///   - episode: the decisions behind the observation of that index.
  mutating func controller(
    after observations: [Observation], _ update: Observations.Update, from start: () -> Controller, _ episode: (Int) -> Episode
  ) -> Controller {
    let firstChanged = update.isRebuilt ? 0 : update.changed.first ?? observations.count
    states.removeAll { $0.lessons * manner.batch > firstChanged }
    var state = states.last ?? State(controller: start(), baseline: 0.5, lessons: 0)
    while isOver(state.lessons, observations) {
      learn(&state, observations, episode)
      states.append(state)
      if states.count > Self.kept { states.removeFirst() }
    }
    return state.controller
  }

  private func range(of lesson: Int) -> Range<Int> { (lesson * manner.batch)..<((lesson + 1) * manner.batch) }

  private func isOver(_ lesson: Int, _ observations: [Observation]) -> Bool {
    let range = range(of: lesson)
    guard range.upperBound <= observations.count else { return false }
    if observations[range].allSatisfy({ $0.outcome != .pending }) { return true }
    var later = 0
    for observation in observations[range.upperBound...].prefix(8 * manner.batch) where observation.outcome != .pending { later += 1 }
    return later >= 2 * manner.batch
  }

  private func learn(_ state: inout State, _ observations: [Observation], _ episode: (Int) -> Episode) {
    let range = range(of: state.lessons)
    state.lessons += 1
    let rivals = (max(0, range.upperBound - Self.window * manner.batch)..<range.upperBound).filter { observations[$0].isEvidence }
    let fresh = rivals.filter(range.contains)
    guard !fresh.isEmpty else { return }
    let best = rivals.prefix { $0 < range.lowerBound }.sorted { observations[$0].isFitter(than: observations[$1]) }
    let members = fresh + best.prefix(manner.batch / 2)
    let rewards = members.map { member in Self.reward(of: observations[member], among: rivals.map { observations[$0] }) }
    let baseline = state.baseline
    let lessons = zip(members, rewards).map { (episode: episode($0), advantage: 2 * ($1 - baseline)) }
    for _ in 0..<manner.passes { state.controller.learn(from: lessons, entropy: manner.entropy, rate: manner.rate) }
    state.baseline += (1 - manner.memory) * (rewards.reduce(0, +) / Float(rewards.count) - baseline)
  }

  /// The share of the others that it is better than, ties counting half: whatever the scale of values, and however far they lie out.
  private static func reward(of observation: Observation, among rivals: [Observation]) -> Float {
    var points: Float = 0
    for rival in rivals {
      let (wins, loses) = (observation.isFitter(than: rival), rival.isFitter(than: observation))
      points += wins == loses ? 0.5 : wins ? 1 : 0
    }
    return points / Float(rivals.count)
  }
}
