import AttuneMath

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Looks for the point that is most worth trying: many candidates at once, then uphill from the best of them, along continuous axes by
/// slopes and along discrete ones value by value.
struct AcquisitionSearch {
  let encoding: SpaceEncoding
  let acquisition: Acquisition
  /// Where nothing has to be tried again: the features of what was tried.
  let tried: Set<[Double]>
  /// Good points that candidates are bred from, the best first.
  let elites: [[Double]]
  /// The part of the cube that is looked at.
  let region: [ClosedRange<Double>]

  /// The best candidate found; `nil` when every one was tried before or breaks a constraint.
  func best(using random: inout RandomStream) -> Candidate? {
    let candidates = points(using: &random).compactMap { encoding.candidate(at: $0) }.filter { !tried.contains($0.features) }
    guard !candidates.isEmpty else { return nil }
    let scores = acquisition.scores(of: candidates.map(\.features), isUnordered: encoding.isUnordered)
    let order = candidates.indices.sorted { scores[$0] > scores[$1] }
    var best: (candidate: Candidate, score: Double)?
    for index in order.prefix(5) {
      let refined = refine(candidates[index], scores[index])
      if best.map({ refined.score > $0.score }) ?? true { best = refined }
    }
    return best?.candidate
  }

  /// Every point of a small discrete space; of others some from anywhere, and some near the good ones.
  private func points(using random: inout RandomStream) -> [[Double]] {
    if let all = encoding.everyPoint(upTo: 1024) { return all }
    // Where every candidate has to be checked against conditions, half as many; fewer, too, where each has very many axes.
    let count = min(encoding.isBox ? 512 : 256, max(64, 32_768 / encoding.axes.count))
    return (0..<count).map { number in
      number % 2 == 0 || elites.isEmpty ? scattered(using: &random) : bred(using: &random)
    }
  }

  private func scattered(using random: inout RandomStream) -> [Double] {
    encoding.axes.indices.map { axis in
      guard encoding.grids[axis] == nil else { return encoding.draw(on: axis, using: &random) }
      return region[axis].lowerBound + random.nextUnit() * (region[axis].upperBound - region[axis].lowerBound)
    }
  }

  /// A good point with some coordinates moved, a little or a lot.
  private func bred(using random: inout RandomStream) -> [Double] {
    let elite = elites[min(Int(random.nextUnit() * random.nextUnit() * Double(elites.count)), elites.count - 1)]
    let reach = pow(10, -3.5 * random.nextUnit()) * 0.5
    let share = max(1 / Double(elite.count), random.nextUnit())
    return elite.indices.map { axis in
      guard random.nextUnit() < share else { return elite[axis] }
      if case .unordered = encoding.axes[axis].kind { return encoding.draw(on: axis, using: &random) }
      let step = random.nextUnit() + random.nextUnit() + random.nextUnit() - 1.5
      let place = elite[axis] + 1.5 * reach * step
      if let grid = encoding.grids[axis], abs(place - elite[axis]) < 1 / Double(grid.count) {
        return elite[axis] + (step < 0 ? -1.01 : 1.01) / Double(grid.count)
      }
      return min(max(place, region[axis].lowerBound), region[axis].upperBound)
    }
  }

  /// Uphill, by turns along all continuous axes and along each discrete one, until nothing gets better.
  private func refine(_ start: Candidate, _ score: Double) -> (candidate: Candidate, score: Double) {
    var best = (candidate: start, score: score)
    for _ in 0..<3 {
      let before = best.score
      climb(&best)
      for axis in encoding.axes.indices where encoding.grids[axis] != nil { step(&best, along: axis) }
      if best.score - before < 1e-4 || encoding.grids.allSatisfy({ $0 == nil }) { break }
    }
    return best
  }

  private func climb(_ best: inout (candidate: Candidate, score: Double)) {
    let axes = encoding.axes.indices.filter { encoding.grids[$0] == nil && isThere($0, in: best.candidate) }
    guard !axes.isEmpty else { return }
    let start = best.candidate
    var features = start.features
    let found = BoundedMinimizer(steps: 25, tolerance: 1e-6, longestMove: 0.2).minimize(
      from: axes.map { start.point[$0] }, within: axes.map { region[$0] }
    ) { values, slopes in
      for (axis, value) in zip(axes, values) { features[axis] = value }
      let (score, all) = acquisition.score(at: features)
      for (place, axis) in axes.enumerated() { slopes[place] = -all[axis] }
      return -score
    }
    guard -found.value > best.score else { return }
    var point = start.point
    for (axis, value) in zip(axes, found.point) { point[axis] = value }
    guard let candidate = encoding.candidate(at: point), !tried.contains(candidate.features) else { return }
    best = (candidate, -found.value)
  }

  /// Every value of a small axis; of a large one, values ever nearer to where it stands.
  private func step(_ best: inout (candidate: Candidate, score: Double), along axis: Int) {
    guard let grid = encoding.grids[axis], isThere(axis, in: best.candidate) else { return }
    let here = SpaceEncoding.place(of: best.candidate.point[axis], in: grid)
    var places = Array(grid.indices)
    if grid.count > 24 {
      var reach = 1
      places = []
      while reach < grid.count {
        places += [here - reach, here + reach]
        reach *= 2
      }
      places = places.filter { grid.indices.contains($0) }
    }
    let candidates = places.filter { $0 != here }.compactMap { place -> Candidate? in
      var point = best.candidate.point
      point[axis] = grid[place]
      return encoding.candidate(at: point).flatMap { tried.contains($0.features) ? nil : $0 }
    }
    guard !candidates.isEmpty else { return }
    let scores = acquisition.scores(of: candidates.map(\.features), isUnordered: encoding.isUnordered)
    for (candidate, score) in zip(candidates, scores) where score > best.score { best = (candidate, score) }
  }

  private func isThere(_ axis: Int, in candidate: Candidate) -> Bool {
    encoding.isBox || encoding.isPresent(axis, in: candidate.features)
  }
}
