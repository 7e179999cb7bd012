import AttuneMath
import Foundation

/// A trial as the tree search sees it.
struct Play: Sendable {
  /// For each parameter its bin; `nil` where it is absent.
  var bins: [Int?]
  /// In 0...1, the larger the better; `nil` while it has not ended.
  var reward: Double?
}

/// One way from the root of the tree of decisions to a leaf.
///
/// While trials went the same way, each decision is the one whose mean reward plus a bonus for rarity is largest. Behind the last of them
/// the way is drawn by what the same decision earned anywhere in the tree. The tree is not kept: who went this way is told by the trials.
struct Playout {
  let plays: [Play]
  /// Weight of rarity against reward.
  let exploration: Double
  /// Difference of mean rewards that makes one way e times as likely as another where no trial went.
  private static let temperature = 0.1
  /// Indices of those that made every decision so far as this one.
  private var followers: [Int]

  /// - Parameter isBlind: whether no decision looks at who went the same way.
  init(_ plays: [Play], exploration: Double, isBlind: Bool) {
    self.plays = plays
    self.exploration = exploration
    followers = isBlind ? [] : Array(plays.indices)
  }

  /// Decides a parameter.
  /// - Returns: a bin.
  mutating func decide(_ parameter: Int, _ branching: Branching, using random: inout RandomStream) -> Int {
    var group = visits(of: parameter, by: followers)
    var isFollowing = !group.isEmpty
    if !isFollowing { group = visits(of: parameter, by: Array(plays.indices)) }
    var bins = 0..<branching.count
    while bins.count > 1 {
      let start = bins.lowerBound
      let width = branching.isOrdered ? (bins.count + 1) / 2 : 1
      var tallies = [Tally](repeating: Tally(), count: (bins.count + width - 1) / width)
      for visit in group { tallies[(visit.bin - start) / width].take(plays[visit.play].reward) }
      let way = isFollowing ? best(tallies, using: &random) : drawn(tallies, using: &random)
      bins = (start + way * width)..<min(start + (way + 1) * width, bins.upperBound)
      group.removeAll { !bins.contains($0.bin) }
      if isFollowing, group.isEmpty {
        isFollowing = false
        group = visits(of: parameter, by: Array(plays.indices)).filter { bins.contains($0.bin) }
      }
    }
    followers = isFollowing ? group.map(\.play) : []
    return bins.lowerBound
  }

  private func visits(of parameter: Int, by indices: [Int]) -> [(bin: Int, play: Int)] {
    indices.compactMap { index in plays[index].bins[parameter].map { ($0, index) } }
  }

  /// What one way earned.
  private struct Tally {
    var visits = 0
    var ended = 0
    var reward = 0.0

    mutating func take(_ reward: Double?) {
      visits += 1
      guard let reward else { return }
      ended += 1
      self.reward += reward
    }
  }

  /// Upper confidence bounds; a way that nobody took counts as taken once, with the mean of the others, so that a hundred ways need not
  /// all be tried first. Trials that have not ended count as visits, so that others that run beside them go elsewhere (Liu et al., "Watch
  /// the unobserved", 2020).
  private func best(_ tallies: [Tally], using random: inout RandomStream) -> Int {
    let visits = tallies.reduce(0) { $0 + $1.visits }, ended = tallies.reduce(0) { $0 + $1.ended }
    let mean = ended > 0 ? tallies.reduce(0) { $0 + $1.reward } / Double(ended) : 0.5
    let rarity = exploration * log(Double(visits + 1)).squareRoot()
    var best: (way: Int, bound: Double) = (0, -.infinity)
    var unseen = 0
    for (way, tally) in tallies.enumerated() {
      guard tally.visits > 0 else {
        unseen += 1
        continue
      }
      let bound = (tally.ended > 0 ? tally.reward / Double(tally.ended) : mean) + rarity / Double(tally.visits).squareRoot()
      if bound > best.bound { best = (way, bound) }
    }
    if unseen == 0 || best.bound > mean + rarity { return best.way }
    var skipped = min(Int(random.nextUnit() * Double(unseen)), unseen - 1)
    for (way, tally) in tallies.enumerated() where tally.visits == 0 {
      if skipped == 0 { return way }
      skipped -= 1
    }
    return best.way
  }

  /// Gibbs sampling by the mean reward, each way having one more trial of reward ½ (Finnsson and Björnsson, "Simulation-based approach
  /// to general game playing", 2008).
  private func drawn(_ tallies: [Tally], using random: inout RandomStream) -> Int {
    let weights = tallies.map { exp((($0.reward + 0.5) / Double($0.ended + 1) - 1) / Self.temperature) }
    var rest = random.nextUnit() * weights.reduce(0, +)
    for (way, weight) in weights.enumerated() {
      if rest < weight { return way }
      rest -= weight
    }
    return weights.count - 1
  }
}
