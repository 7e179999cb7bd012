import AttuneCore

/// The points that the history holds, so that none is proposed twice while there are others.
struct TriedPoints: Sendable {
  private var points: Set<[Double]> = []

  mutating func update(_ update: Observations.Update, _ observations: [Observation]) {
    if update.isRebuilt { points = [] }
    for index in update.changed { points.insert(observations[index].point) }
  }

  func contains(_ configuration: Configuration, of space: SearchSpace) -> Bool { points.contains(space.point(of: configuration)) }
}
