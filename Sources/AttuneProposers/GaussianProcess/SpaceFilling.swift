import AttuneMath

/// The first trials, of which nothing can be learned yet: each far from all before.
enum SpaceFilling {
  /// The most distant of some points drawn at random; `nil` when all of them break a constraint or were tried.
  static func candidate(
    in encoding: SpaceEncoding, awayFrom others: [[Double]], tried: Set<[Double]>, using random: inout RandomStream
  ) -> Candidate? {
    let isUnordered = encoding.isUnordered
    var best: (candidate: Candidate, distance: Double)?
    for _ in 0..<64 {
      let point = encoding.axes.indices.map { encoding.draw(on: $0, using: &random) }
      guard let candidate = encoding.candidate(at: point), !tried.contains(candidate.features) else { continue }
      let distance = others.map { squaredDistance($0, candidate.features, isUnordered) }.min() ?? 0
      if best.map({ distance > $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// The middle of what may be proposed, which is where people put what they believe in; names without an order are drawn.
  static func middle(of encoding: SpaceEncoding, using random: inout RandomStream) -> Candidate? {
    let isUnordered = encoding.isUnordered
    return encoding.candidate(
      at: encoding.axes.indices.map { axis in
        let range = encoding.axes[axis].range
        return isUnordered[axis] ? encoding.draw(on: axis, using: &random) : 0.5 * (range.lowerBound + range.upperBound)
      })
  }

  private static func squaredDistance(_ left: [Double], _ right: [Double], _ isUnordered: [Bool]) -> Double {
    var sum = 0.0
    for axis in left.indices {
      let difference = left[axis] - right[axis]
      // As far as two names are apart, so are numbers on average when they are drawn evenly.
      sum += isUnordered[axis] ? (difference == 0 ? 0 : 1.0 / 6) : difference * difference
    }
    return sum
  }
}
